import assert from "node:assert/strict";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { createSandboxPool, type SandboxPool } from "@rivergen/sandbox";
import { createFlowTests } from "./flow-tests.ts";

let root: string;
let pool: SandboxPool;
before(async () => {
  root = await mkdtemp(join(tmpdir(), "rivergen-flow-tests-"));
  await chmod(root, 0o755);
  pool = await createSandboxPool({ root, size: 1, concurrency: 1, memoryBytes: 2 ** 28 });
});
after(async () => {
  await pool.close();
  await rm(root, { recursive: true, force: true });
});

const core = (): never => {
  throw new Error("nothing is asked for a document that is given");
};
const waiting = "type: retry\nattempts: 50\nbackoff: 10s\nchild: { ref: require, config: { columns: [name] } }\n";

test("a test that takes too long, or that nobody waits for, is killed", async () => {
  const tests = createFlowTests({ core, pool: async () => pool, timeoutMs: 2_000 });
  await assert.rejects(tests.testDocument(waiting, [{ name: null }], new AbortController().signal), { code: "FLOW_TEST_TIMEOUT" });
  const left = new AbortController();
  const running = createFlowTests({ core, pool: async () => pool, timeoutMs: 60_000 }).testDocument(waiting, [{ name: null }], left.signal);
  left.abort();
  await assert.rejects(running, { code: "RUN_CANCELLED" });
});

test("faults of a document come out of the process whole", async () => {
  const tests = createFlowTests({ core, pool: async () => pool, timeoutMs: 20_000 });
  await assert.rejects(tests.testDocument("ref: deriv\n", [], new AbortController().signal), (error: { code: string; details: { errors: object[] } }) => {
    assert.deepEqual([error.code, error.details.errors.length], ["FLOW_INVALID", 1]);
    assert.deepEqual(error.details.errors[0], {
      path: "",
      code: "PROCESSOR_NOT_FOUND",
      message: 'no processor "deriv" is registered; did you mean derive?',
      line: 1,
      column: 6,
      suggestion: "derive",
    });
    return true;
  });
});
