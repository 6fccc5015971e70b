import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { createBench } from "./intake.testkit.ts";
import type { Bench } from "./intake.testkit.ts";

let bench: Bench;
before(async () => {
  bench = await createBench();
});
after(() => bench.close());

const options = {
  numRuns: Number(process.env["PROPERTY_RUNS"] ?? 20),
  ...(process.env["PROPERTY_SEED"] === undefined ? {} : { seed: Number(process.env["PROPERTY_SEED"]) }),
};

/** Words with everything that makes dialects hard, but nothing that looks like a number, a date or a header. */
const word = fc
  .array(fc.constantFrom("a", "Zoë", "ß", " ", ",", ";", "\t", "|", '"', "'", "\n", "\r\n", "\\", "É", "x.y", "日本"), { minLength: 0, maxLength: 8 })
  .map((parts) => `w${parts.join("")}`);
const whole = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String);
const table = fc.array(
  fc.record({ word: fc.option(word, { nil: null }), number: fc.option(whole, { nil: null }), code: fc.nat(999).map((code) => String(code).padStart(4, "0")) }),
  { minLength: 3, maxLength: 20 },
);

const dialect = fc.record({
  delimiter: fc.constantFrom(",", ";", "\t", "|"),
  quote: fc.constantFrom('"', "'"),
  newline: fc.constantFrom("\n", "\r\n"),
  encoding: fc.constantFrom("utf-8", "utf-8 mark", "utf-16le mark", "utf-16be mark"),
  quoteAll: fc.boolean(),
});
type Dialect = typeof dialect extends fc.Arbitrary<infer Value> ? Value : never;

function write(rows: readonly (readonly (string | null)[])[], { delimiter, quote, newline, encoding, quoteAll }: Dialect): Buffer {
  const value = (cell: string | null): string => {
    if (cell === null) return "";
    const needs = quoteAll || [delimiter, quote, "'", '"', "\n", "\r"].some((mark) => cell.includes(mark));
    return needs ? quote + cell.replaceAll(quote, quote + quote) + quote : cell;
  };
  const text = rows.map((row) => row.map(value).join(delimiter) + newline).join("");
  if (encoding.startsWith("utf-8")) return Buffer.from((encoding.endsWith("mark") ? "\ufeff" : "") + text);
  const wide = Buffer.from(`\ufeff${text}`, "utf16le");
  return encoding.startsWith("utf-16be") ? wide.swap16() : wide;
}

test("a table written in any dialect that is told reads back equal", async () => {
  await fc.assert(
    fc.asyncProperty(table, dialect, async (rows, style) => {
      const bytes = write([["word", "number", "code"], ...rows.map((row) => [row.word, row.number, row.code])], style);
      const output = await bench.ready(bytes, {
        hints: { dialect: { delimiter: style.delimiter, quote: style.quote, escape: "doubled", header: true, skipLines: 0 } },
      });
      assert.equal(output.rejected.count, 0);
      assert.deepEqual(
        await bench.rows(output),
        rows.map((row) => ({ ...row })),
      );
    }),
    options,
  );
});

test("a table of plain words written in any dialect reads back equal without being told", async () => {
  const plain = fc
    .array(fc.constantFrom("red", "green fields", "Zoë", "it is so", "x-y", "don't"), { minLength: 1, maxLength: 3 })
    .map((parts) => parts.join(" "));
  const rowsOf = fc.array(fc.tuple(plain, whole, fc.date({ min: new Date("1950-01-01"), max: new Date("2100-01-01"), noInvalidDate: true })), {
    minLength: 3,
    maxLength: 20,
  });
  await fc.assert(
    fc.asyncProperty(rowsOf, dialect, async (rows, style) => {
      const written = rows.map(([text, number, day]) => [text, number, day.toISOString().slice(0, 10)]);
      const output = await bench.ready(write([["text", "number", "day"], ...written], style));
      assert.equal(output.dialect.delimiter, style.delimiter);
      assert.deepEqual(
        (await bench.rows(output)).map((row) => Object.values(row)),
        written,
      );
      assert.deepEqual(
        output.columns.map((column) => column.type),
        ["string", "integer", "date"],
      );
    }),
    options,
  );
});

test("rows of a file without quotes are loaded, rejected or empty, never lost", async () => {
  const cell = fc.constantFrom("a", "1", "", "x y", "é");
  const line = fc.array(cell, { minLength: 0, maxLength: 5 }).map((cells) => cells.join(","));
  await fc.assert(
    fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 40 }), fc.constantFrom("\n", "\r\n"), async (lines, newline) => {
      const output = await bench.take(["a,b,c", "1,2,3", "4,5,6", ...lines].join(newline), {
        hints: { dialect: { delimiter: ",", header: true, quote: '"', skipLines: 0 } },
      });
      assert.equal(output.status, "ready");
      const filled = lines.filter((one) => one !== "").length + 2;
      if (output.status === "ready") assert.equal(output.rowCount + output.rejected.count, filled);
    }),
    options,
  );
});

test("any bytes at all give an answer", async () => {
  const pieces = fc.array(
    fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.constantFrom('"', "'", ",", "\n", "\r", ";", "{", "[", "}", "1,2\n", "\\", '""', "a,b\n").map((part) => new Uint8Array(Buffer.from(part))),
    ),
    { maxLength: 40 },
  );
  await fc.assert(
    fc.asyncProperty(pieces, fc.constantFrom("t.csv", "t.tsv", "t.json", "t.ndjson", "t", "t.csv.gz"), async (parts, fileName) => {
      const output = await bench.take(Buffer.concat(parts), { fileName });
      assert.ok(["ready", "rejected", "not_tabular"].includes(output.status));
    }),
    { ...options, numRuns: options.numRuns * 2 },
  );
});
