import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { DuckDBInstance } from "@duckdb/node-api";
import type { Run } from "@rivergen/contracts";
import { type Answer, type Person, signUp, startPlatform, type TestPlatform } from "@rivergen/testkit";
import { tableFromIPC } from "@uwdata/flechette";

const rowCount = 25_000;
let platform: TestPlatform;
let ann: Person;

before(async () => {
  platform = await startPlatform();
  ann = await signUp(platform.url);
  await put("days.csv", "day,sold\n2024-01-01,5\n2024-01-02,7\n");
  const rows = Array.from({ length: rowCount }, (_, i) => `${i},${(i * 1.25).toFixed(2)},"word ${i % 7}, ""said"""`);
  await put("rows.csv", `id,amount,word\n${rows.join("\n")}\n`);
});
after(() => platform.stop());

async function put(path: string, csv: string): Promise<void> {
  const { json, text } = await ann.send("PUT", `/v1/files/${path}`, csv, { "content-type": "text/csv", prefer: "wait=60" });
  assert.equal(json.dataset?.status, "ready", text);
}

async function save(name: string, document: string): Promise<Answer> {
  return ann.send("PUT", `/v1/rivers/${name}`, `apiVersion: rivergen.dev/v1\nriver: ${name}\n${document}`, { "content-type": "application/yaml" });
}

const run = (river: string, body: object = {}): Promise<Answer> => ann.send("POST", `/v1/rivers/${river}/runs`, body, { prefer: "wait=60" });
const preview = async (dataset: string): Promise<Record<string, unknown>[]> => (await ann.send("GET", `/v1/datasets/${dataset}/preview`)).json.rows;

const daily = (mode: string, values = "n: count(*), sold: sum(sold)"): string => `
sources: { days: { dataset: days } }
steps: { summed: { from: days, aggregate: { values: { ${values} } } } }
outputs: { ${mode}d_days: { from: summed, mode: ${mode} } }
`;

test("an output that replaces holds the newest run, one that appends holds all, each run a version", async () => {
  await save("replacing", daily("replace"));
  await save("appending", daily("append"));
  for (const sold of [3, 4]) {
    await put("days.csv", `day,sold\n2024-01-01,5\n2024-01-02,${sold}\n`);
    for (const river of ["replacing", "appending"]) assert.equal((await run(river)).json.status, "succeeded");
  }
  assert.deepEqual(await preview("replaced_days"), [{ n: 2, sold: 9 }]);
  assert.deepEqual(await preview("appendd_days"), [
    { n: 2, sold: 8 },
    { n: 2, sold: 9 },
  ]);
  for (const dataset of ["replaced_days", "appendd_days"]) {
    const { items } = (await ann.send("GET", `/v1/datasets/${dataset}/versions`)).json;
    assert.deepEqual(
      items.map(({ version }: { version: number }) => version),
      [2, 1],
    );
  }
  assert.equal((await ann.send("GET", "/v1/datasets/appendd_days")).json.rowCount, 2);
});

test("runs that append at the same time lose no rows of each other", async () => {
  await save("together", daily("append").replace("appendd_days", "together_days"));
  const runs = await Promise.all([1, 2, 3].map(() => run("together")));
  assert.deepEqual(
    runs.map(({ json }) => json.status),
    ["succeeded", "succeeded", "succeeded"],
  );
  assert.equal((await preview("together_days")).length, 3);
});

test("rows of other columns are not appended", async () => {
  await save("changing", daily("append").replace("appendd_days", "changing_days"));
  assert.equal((await run("changing")).json.status, "succeeded");
  await save("changing", daily("append", "n: count(*), most: max(sold)").replace("appendd_days", "changing_days"));
  const { json } = await run("changing");
  assert.deepEqual([json.status, json.error?.code], ["failed", "DATASET_SCHEMA_MISMATCH"]);
  assert.match(json.error.detail, /most .* is new; sold .* is missing/);
  assert.equal((await preview("changing_days")).length, 1);
});

test("an output cannot take the name of a dataset that a file or another river made", async () => {
  await save("taking", "sources: { days: { dataset: days } }\noutputs: { rows: { from: days } }\n");
  const taken = await run("taking");
  assert.deepEqual([taken.status, taken.json.code], [409, "DATASET_NAME_TAKEN"]);
  assert.match(taken.json.detail, /rows\.csv/);
  await save("taking", "sources: { days: { dataset: days } }\noutputs: { replaced_days: { from: days } }\n");
  const other = await run("taking");
  assert.deepEqual([other.status, other.json.code], [409, "DATASET_NAME_TAKEN"]);
  assert.deepEqual(await preview("replaced_days"), [{ n: 2, sold: 9 }]);
  const file = await ann.send("PUT", "/v1/files/replaced_days.csv", "a\n1\n", { "content-type": "text/csv" });
  assert.deepEqual([file.status, file.json.code], [409, "DATASET_NAME_TAKEN"]);
});

async function finishedRows(): Promise<Run> {
  await save("copying", "sources: { rows: { dataset: rows } }\nsteps: { sorted: { from: rows, orderBy: [id] } }\noutputs: { copied: { from: sorted } }\n");
  const { json } = await run("copying");
  assert.equal(json.status, "succeeded", JSON.stringify(json.error));
  return json as Run;
}

test("the rows of an output come page by page, each once and in order", async () => {
  const { id, outputs } = await finishedRows();
  assert.equal(outputs[0]?.rowCount, rowCount);
  const seen: number[] = [];
  const sizes: number[] = [];
  let cursor: string | null = "";
  while (cursor !== null) {
    const query: string = cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const { json, status, text } = await ann.send("GET", `/v1/runs/${id}/outputs/copied?limit=10000${query}`);
    assert.equal(status, 200, text);
    sizes.push(json.rows.length);
    seen.push(...json.rows.map((row: { id: number }) => row.id));
    cursor = json.nextCursor;
  }
  assert.deepEqual(sizes, [10_000, 10_000, 5_000]);
  assert.deepEqual(
    seen,
    Array.from({ length: rowCount }, (_, i) => i),
  );
  const standard = (await ann.send("GET", `/v1/runs/${id}/outputs/copied`)).json;
  assert.deepEqual(
    [standard.rows.length, standard.columns],
    [
      1_000,
      [
        { name: "id", type: "integer" },
        { name: "amount", type: "decimal(18,2)" },
        { name: "word", type: "string" },
      ],
    ],
  );
  for (const bad of ["limit=10001", "limit=0", "cursor=back"]) assert.equal((await ann.send("GET", `/v1/runs/${id}/outputs/copied?${bad}`)).status, 422, bad);
  assert.equal((await ann.send("GET", `/v1/runs/${id}/outputs/other`)).json.code, "OUTPUT_NOT_FOUND");
});

test("rows of a table and of an output come by place, sorted and filtered, with their count", async () => {
  const { id } = await finishedRows();
  const query = new URLSearchParams({ limit: "2", offset: "1", sort: "word,-id", filter: "id < 100 and contains(word, 'word 3')" });
  for (const path of [`/v1/datasets/rows/preview?${query}`, `/v1/runs/${id}/outputs/copied?${query}`]) {
    const { json, text } = await ann.send("GET", path);
    assert.deepEqual([json.rows?.map((row: { id: number }) => row.id), json.rowCount], [[87, 80], 14], text);
  }
  const last = (await ann.send("GET", `/v1/datasets/rows/preview?limit=10&offset=${rowCount - 1}`)).json;
  assert.deepEqual([last.rows[0].id, last.rows.length, last.rowCount], [rowCount - 1, 1, rowCount]);
  const refused = await ann.send("GET", `/v1/datasets/rows/preview?filter=${encodeURIComponent("id > 1 and nobody")}`);
  assert.deepEqual(
    [refused.status, refused.json.code, refused.json.errors[0].code, refused.json.errors[0].column],
    [422, "INVALID_REQUEST", "UNKNOWN_COLUMN", 12],
  );
  assert.equal((await ann.send("GET", `/v1/runs/${id}/outputs/copied?sort=nobody`)).json.errors[0].path, "query/sort");
});

async function bytesOf(run: string, format: string): Promise<{ bytes: Uint8Array; type: string }> {
  const response = await fetch(`${platform.url}/v1/runs/${run}/outputs/copied?format=${format}`, { headers: { authorization: `Bearer ${ann.token}` } });
  assert.equal(response.status, 200);
  return { bytes: new Uint8Array(await response.arrayBuffer()), type: response.headers.get("content-type") ?? "" };
}

test("every format holds the same rows", async () => {
  const { id } = await finishedRows();
  const folder = mkdtempSync(join(tmpdir(), "formats-"));
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const types = { csv: "text/csv", ndjson: "application/x-ndjson", parquet: "application/vnd.apache.parquet" };
  try {
    for (const [format, expected] of Object.entries(types)) {
      const { bytes, type } = await bytesOf(id, format);
      assert.equal(type.split(";")[0], expected);
      await writeFile(join(folder, `rows.${format}`), bytes);
      const read = { csv: "read_csv", ndjson: "read_json", parquet: "read_parquet" }[format];
      const result = await connection.runAndReadAll(
        `select count(*), sum(id), sum(amount::decimal(18,2))::varchar, max(word), bool_and(word = format('word {}, "said"', id % 7)) from ${read}('${folder}/rows.${format}')`,
      );
      assert.deepEqual(result.getRowsJS()[0]?.map(String), ["25000", "312487500", "390609375.00", 'word 6, "said"', "true"], format);
    }
  } finally {
    connection.closeSync();
    instance.closeSync();
    await rm(folder, { recursive: true, force: true });
  }
  const { bytes, type } = await bytesOf(id, "arrow");
  assert.equal(type, "application/vnd.apache.arrow.stream");
  const table = tableFromIPC(bytes, { useDecimalInt: false });
  assert.deepEqual([table.numRows, table.schema.fields.map(({ name }) => name)], [rowCount, ["id", "amount", "word"]]);
  const last = table.at(rowCount - 1) as Record<string, unknown>;
  assert.deepEqual([Number(last["id"]), Number(last["amount"]), last["word"]], [24_999, 31_248.75, 'word 2, "said"']);
});
