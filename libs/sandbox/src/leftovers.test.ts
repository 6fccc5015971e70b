import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { mkdir, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { childPath } from "./ladder.ts";
import { killLeftovers } from "./leftovers.ts";
import { createSandboxPool } from "./pool.ts";
import { createRunFolder } from "./run-folder.ts";
import { findProcesses, until } from "./sandbox.testkit.ts";

const small = { threads: 1, memoryBytes: 256 * 1024 ** 2 };
let root: string;

before(() => {
  root = mkdtempSync(join(tmpdir(), "leftovers-"));
});
after(() => rm(root, { recursive: true, force: true }));

test("a service killed at any moment leaves no process", { timeout: 60_000 }, async () => {
  const script = `import { createSandboxPool } from ${JSON.stringify(import.meta.resolve("./pool.ts"))};
    process.stdout.write("opening");
    await createSandboxPool({ root: ${JSON.stringify(root)}, size: 3, threads: 1, memoryBytes: ${small.memoryBytes} });
    process.stdout.write("open");`;
  for (const moment of ["opening", "open", 3, 6, 9]) {
    const service = spawn(process.execPath, ["--input-type=module", "--eval", script], { stdio: ["ignore", "pipe", "inherit"] });
    await once(service.stdout, "data");
    if (moment === "open") await once(service.stdout, "data");
    if (typeof moment === "number") await until("a child starts", () => findProcesses(root).length > 1);
    if (typeof moment === "number") await setTimeout(moment);
    service.kill("SIGKILL");
    await once(service, "close");
    // A child that was just starting looks for its parent once it runs: on a busy machine that takes seconds.
    await until(`nothing is left when killed at ${moment}`, () => findProcesses(root).length === 0, 10_000);
  }
});

test("closing kills children that are still opening, at once", async () => {
  const folder = join(root, "closing");
  const pool = await createSandboxPool({ root: folder, size: 5, ...small });
  await until("others are opening", () => findProcesses(folder).length > 2);
  const started = performance.now();
  await pool.close();
  assert.ok(performance.now() - started < 1_000, `closing took ${performance.now() - started} ms`);
  assert.deepEqual(findProcesses(folder), []);
  assert.deepEqual(await readdir(folder), []);
});

test("a pool that is given up while it opens leaves nothing", async () => {
  const folder = join(root, "given-up");
  const giveUp = new AbortController();
  const opening = createSandboxPool({ root: folder, ...small, signal: giveUp.signal });
  const ended = assert.rejects(opening, /no longer wanted/);
  await until("its first child starts", () => findProcesses(folder).length > 0);
  giveUp.abort(new Error("no longer wanted"));
  await ended;
  assert.deepEqual(findProcesses(folder), []);
  assert.deepEqual(await readdir(folder), []);
});

test("only what belongs to dead services is killed by the next one", async () => {
  const folder = join(root, "swept");
  await mkdir(folder);
  const living = await createRunFolder(folder, undefined);
  const start = (...words: string[]) => spawn(process.execPath, ["--eval", "setInterval(() => undefined, 1000)", "--", ...words], { stdio: "ignore" });
  const left = start(childPath, join(folder, "999999999.1.1", "in"));
  const others = [start(childPath, living.in), start(join(folder, "999999999.1.1", "in")), start(childPath, join(root, "999999999.1.1", "in"))];
  await until("all have started", () => findProcesses(root).length === 4);
  const ended = once(left, "close");
  await killLeftovers(folder);
  assert.deepEqual(await ended, [null, "SIGKILL"]);
  assert.deepEqual(
    others.map(({ exitCode, signalCode }) => exitCode ?? signalCode),
    [null, null, null],
  );
  for (const other of others) other.kill("SIGKILL");
  await Promise.all(others.map((other) => once(other, "close")));
});
