import assert from "node:assert/strict";
import { test } from "node:test";
import { openPages, type PageStore, pageSizeFor } from "./page-store.ts";
import type { PagedRows, TableRow } from "./row-source.ts";

const columns = [{ name: "n", type: "integer" }];
const size = pageSizeFor(1);

interface Call {
  readonly offset: number;
  readonly signal: AbortSignal;
}

function openTable(rows: number, isCounted: boolean, fail: (call: Call) => void = () => undefined) {
  const calls: Call[] = [];
  const source: PagedRows = {
    columns,
    rowCount: isCounted ? rows : null,
    async loadPage(offset, limit, _query, signal) {
      const call = { offset, signal };
      calls.push(call);
      fail(call);
      await Promise.resolve();
      const page: TableRow[] = Array.from({ length: Math.max(0, Math.min(limit, rows - offset)) }, (_, index) => ({ n: offset + index }));
      return { rows: page, rowCount: isCounted ? rows : null };
    },
  };
  let wake = (): void => undefined;
  const store = openPages(source, {}, () => wake());
  const until = async (holds: (store: PageStore) => boolean): Promise<void> => {
    const deadline = AbortSignal.timeout(5_000);
    while (!holds(store)) {
      deadline.throwIfAborted();
      await new Promise<void>((resolve) => {
        wake = resolve;
        setTimeout(resolve, 20);
      });
    }
  };
  return { store, calls, until };
}

test("what is looked at is read once, the next page ahead of time", async () => {
  const { store, calls, until } = openTable(10 * size, true);
  await until(({ isOpen }) => isOpen);
  store.look(size - 10, size + 10);
  await until(() => store.rowAt(size) !== undefined);
  assert.deepEqual(store.rowAt(size), { n: size });
  store.look(size + 300, size + size / 2 + 10);
  await until(() => store.rowAt(2 * size) !== undefined);
  assert.deepEqual(
    calls.map(({ offset }) => offset),
    [0, size, 2 * size],
  );
  store.close();
});

test("without a count the table grows while there is more, and then has an end", async () => {
  const { store, until } = openTable(size + 5, false);
  await until(({ isOpen }) => isOpen);
  assert.deepEqual([store.rowCount, store.isCounted], [2 * size, false]);
  store.look(size, size + 20);
  await until(({ rowCount }) => rowCount === size + 5);
  store.close();
});

test("a stretch is read whole, from pages that are here and those that are not", async () => {
  const { store, until } = openTable(3 * size, true);
  await until(({ isOpen }) => isOpen);
  const rows = await store.read(size - 1, size + 2, AbortSignal.timeout(5_000));
  assert.deepEqual(rows, [{ n: size - 1 }, { n: size }, { n: size + 1 }]);
  store.close();
});

test("a failure is kept until it is tried again; what may pass is tried twice by itself", async () => {
  let failures = 0;
  const { store, calls, until } = openTable(5, true, () => {
    failures += 1;
    if (failures <= 3) throw Object.assign(new Error("busy"), { retryable: failures === 1 });
  });
  await until(({ error }) => error !== undefined);
  assert.equal(calls.length, 2);
  store.retry();
  await until(({ error }) => error !== undefined);
  store.retry();
  await until(({ isOpen }) => isOpen);
  assert.equal(store.error, undefined);
  store.close();
});

test("closing gives up what is under way", () => {
  const { store, calls } = openTable(5, true);
  store.close();
  assert.equal(calls[0]?.signal.aborted, true);
});
