import assert from "node:assert/strict";
import { test } from "node:test";
import type { Transaction } from "@rivergen/contracts";
import { currentContext, runInContext } from "@rivergen/service-kit";
import { createKeyFinder } from "./keys.ts";

/** A workspace with one table and no keys known yet. */
const tables: Readonly<Record<string, readonly object[]>> = {
  "v.profile from": [{ id: "dst_1", values: [], profile: { rowCount: 1, columns: [] } }],
  "d.described": [{ id: "dst_1", name: "orders", objectKey: "o", rowCount: 1, columns: [] }],
};
const rows = async (sql: string): Promise<object[]> => [...(Object.entries(tables).find(([part]) => sql.includes(part))?.[1] ?? [])];
const tx = { rows, afterCommit: () => undefined } as Transaction;

test("a search that several questions share does not end with the one that asked first", async () => {
  const found = { keys: [], primaryKeys: { orders: ["id"] } };
  const contexts: unknown[] = [];
  const findKeys = async () => {
    contexts.push(currentContext()?.deadlineAt, currentContext()?.signal, currentContext()?.traceId);
    return found;
  };
  type Given = Parameters<typeof createKeyFinder>[0];
  const intake = (() => ({ findKeys })) as unknown as Given["intake"];
  const { find } = createKeyFinder({ inWorkspace: async (_, work) => work(tx), intake, log: { warn: () => undefined } });
  const traceId = "a".repeat(32);
  const asker = { requestId: "req_1", traceId, spanId: "b".repeat(16), sampled: true, deadlineAt: Date.now() + 5, signal: AbortSignal.abort() };
  const answers = await Promise.all([runInContext(asker, () => find("wsp_1")), find("wsp_1")]);
  assert.deepEqual(answers, [found, found]);
  assert.deepEqual(contexts, [undefined, undefined, traceId]);
});
