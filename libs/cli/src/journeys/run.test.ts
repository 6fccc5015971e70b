import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { createClient } from "@rivergen/client";
import type { Run } from "@rivergen/contracts";
import { createTerminal } from "../terminal.ts";
import { followRun } from "./run.ts";

const run: Run = {
  id: "run_1",
  river: { id: "riv_1", name: "delays", version: 1 },
  status: "queued",
  inputs: [],
  progress: { fraction: null, rowsDone: null, rowsExpected: null },
  attempt: 1,
  steps: [],
  outputs: [],
  error: null,
  usage: [],
  quote: null,
  metered: null,
  parameters: {},
  createdAt: "2026-01-01T00:00:00Z",
  startedAt: null,
  finishedAt: null,
};

test("Ctrl-C while a run is watched says that it goes on, and how to follow or stop it", { timeout: 10_000 }, async () => {
  const streams = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() };
  const terminal = createTerminal(streams as unknown as Parameters<typeof createTerminal>[0], {}, false);
  const stop = new AbortController();
  // Nobody listens there: it is tried again until it is stopped.
  const followed = followRun({ terminal, client: createClient({ url: "http://127.0.0.1:9", token: "none" }), signal: stop.signal }, run);
  setImmediate(() => stop.abort());
  await assert.rejects(followed, { exitCode: 130, message: "stopped watching; run_1 goes on (river watch run_1, or river cancel run_1 to stop it)" });
});
