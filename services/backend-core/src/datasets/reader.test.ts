import assert from "node:assert/strict";
import { test } from "node:test";
import { currentContext, runInBackground, runInContext } from "@rivergen/service-kit";
import { createReader } from "./reader.ts";

type Given = Parameters<typeof createReader>[0];

test("work is done in the trace of who asked for it, whoever's work ends before", async () => {
  const seen: [string, string | undefined][] = [];
  const held = Promise.withResolvers<void>();
  const done = Promise.withResolvers<void>();
  // No dataset waits for a file here: each piece of work looks once, and ends.
  const inWorkspace: Given["inWorkspace"] = async (workspaceId) => {
    await held.promise;
    seen.push([workspaceId, currentContext()?.traceId]);
    if (seen.length === 5) done.resolve();
    return undefined as never;
  };
  const dependencies = { inWorkspace, inBackground: runInBackground, log: { warn: () => undefined } } as unknown as Given;
  const reader = createReader(dependencies);
  const ask = (name: string): void =>
    runInContext({ requestId: name, traceId: name, spanId: "b".repeat(16), sampled: true, deadlineAt: 0 }, () => reader.wake(name, name));
  for (const name of ["one", "two", "three", "four"]) ask(name);
  reader.wake("nobody", "nobody");
  held.resolve();
  await done.promise;
  assert.deepEqual(
    seen.toSorted(([a], [b]) => a.localeCompare(b)),
    [["four", "four"], ["nobody", undefined], ["one", "one"], ["three", "three"], ["two", "two"]], // prettier-ignore
  );
  await reader.stop();
});
