import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { createBench } from "./intake.testkit.ts";
import type { Bench } from "./intake.testkit.ts";
import { isCard, isIban, isPhone, labelsOf } from "./labels.ts";
import { decodeLz4 } from "./lz4.ts";
import type { ColumnProfile, IntakeReady } from "./model.ts";
import { toColumnNames } from "./names.ts";
import { claimOf } from "./sniff.ts";
import { duckType, structFields, typeOfDuck } from "./types.ts";

let bench: Bench;
before(async () => {
  bench = await createBench();
});
after(() => bench.close());

describe("labels", () => {
  test("check digits decide about cards and IBANs", () => {
    assert.ok(isCard("4111 1111 1111 1111") && isCard("5500000000000004") && isCard("378282246310005"));
    assert.ok(!isCard("4111111111111112") && !isCard("0000000000000000") && !isCard("1234567812345670"));
    assert.ok(isIban("DE89 3704 0044 0532 0130 00") && isIban("GB82WEST12345698765432"));
    assert.ok(!isIban("DE89370400440532013001") && !isIban("HELLOWORLD12345678"));
  });

  test("telephone numbers by form, bare digits only by name", () => {
    for (const number of ["+49 30 123456", "(030) 12 34 56 78", "555-123-4567", "+1 (555) 123-4567 x12", "030/1234567"])
      assert.ok(isPhone(number, "x"), number);
    for (const other of ["2024-01-31", "123-45-6789", "10.0.0.1", "4930123456", "12.5", "1-2-3"]) assert.ok(!isPhone(other, "x"), other);
    assert.ok(isPhone("4930123456", "mobile_phone") && !isPhone("12", "phone"));
  });

  test("a label needs evidence, and a name alone is none", () => {
    assert.deepEqual(labelsOf("contact", ["ann@a.example", "bob@b.example", "c@c.example", "d@d.example", "none"]), ["pii.email"]);
    assert.deepEqual(labelsOf("email", ["yes", "no", "maybe"]), []);
    assert.deepEqual(labelsOf("remark", ["ann@a.example", "call back", "nothing", "sent"]), []);
    assert.deepEqual(labelsOf("phone", ["1", "2", "3"]), []);
  });

  test("columns of a file are labelled, also whole numbers", async () => {
    const rows = ["4111111111111111", "5500000000000004", "4012888888881881"].map(
      (card, index) => `${index},p${index}@x.example,+49 30 12345${index},${card},DE89370400440532013000`,
    );
    const output = await bench.ready(`id,mail,call,card,account\n${rows.join("\n")}\n`);
    assert.deepEqual(
      output.columns.map((column) => [column.name, ...column.labels]),
      [["id"], ["mail", "pii.email"], ["call", "pii.phone"], ["card", "pii.card"], ["account", "pii.iban"]],
    );
  });
});

describe("profile", () => {
  const profileOf = (output: IntakeReady, name: string): ColumnProfile => {
    const found = output.profile.columns.find((column) => column.name === name);
    assert.ok(found);
    return found;
  };

  test("counts, bounds, frequent values and bars", async () => {
    const lines = Array.from(
      { length: 100 },
      (_, index) =>
        `${index % 10 === 0 ? "" : index},${index % 3 === 0 ? "red" : "blue"},2024-01-${String(1 + (index % 10)).padStart(2, "0")},${(index / 4).toFixed(2)}`,
    );
    const output = await bench.ready(`n,colour,day,price\n${lines.join("\n")}\n`);
    const n = profileOf(output, "n");
    assert.deepEqual([n.nullCount, n.distinctCount, n.distinctIsExact, n.min, n.max, n.mean], [10, 90, true, "1", "99", 50]);
    assert.equal(n.histogram.length, 20);
    assert.equal(
      n.histogram.reduce((sum, { count }) => sum + count, 0),
      90,
    );
    const colour = profileOf(output, "colour");
    assert.deepEqual(
      [colour.topValues, colour.valuesComplete, colour.histogram],
      [
        [
          { value: "blue", count: 66 },
          { value: "red", count: 34 },
        ],
        true,
        [],
      ],
    );
    const day = profileOf(output, "day");
    assert.deepEqual(
      day.histogram.map(({ from, count }) => [from, count]),
      Array.from({ length: 10 }, (_, index) => [`2024-01-${String(index + 1).padStart(2, "0")}`, 10]),
    );
    assert.deepEqual([profileOf(output, "price").min, profileOf(output, "price").max], ["0.00", "24.75"]);
    assert.deepEqual([output.profile.rowCount, output.profile.sampledRows], [100, 100]);
  });

  test("columns may be called anything", async () => {
    const output = await bench.ready('v,c,bin,groups,count,"a ""b""",select,line\n1,2,3,4,5,6,7,8\n2,3,4,5,6,7,8,9\n');
    assert.deepEqual(
      output.columns.map((column) => column.name),
      ["v", "c", "bin", "groups", "count", 'a "b"', "select", "line"],
    );
    assert.ok(output.profile.columns.every((column) => column.distinctCount === 2));
  });

  test("long values are not among the known ones", async () => {
    const output = await bench.ready(`t,n\n${"x".repeat(300)},1\nshort,2\nshort,3\n`);
    const profile = profileOf(output, "t");
    assert.deepEqual([profile.values, profile.valuesComplete, profile.topValues.length], [[{ value: "short", count: 2 }], false, 2]);
  });
});

test("names are cleaned, filled and told apart", () => {
  const { names } = toColumnNames(["a", "A", "a_2", "", "  b\n c ", "a"]);
  assert.deepEqual(
    names.map(({ name }) => name),
    ["a", "A_3", "a_2", "column_4", "b c", "a_4"],
  );
});

test("claims come from the ending, then from the content type", () => {
  assert.equal(claimOf("x/Sales.CSV.gz", undefined), "csv");
  assert.equal(claimOf("readme.md", "text/csv"), "prose");
  assert.equal(claimOf("export", "application/json; charset=utf-8"), "json");
  assert.equal(claimOf("constructor", undefined), undefined);
});

test("types are spelled both ways", () => {
  for (const type of ["integer", "decimal(18,2)", "list<string>", "timestamptz"]) assert.equal(typeOfDuck(duckType(type) ?? ""), type);
  assert.equal(duckType("decimal(40,2)"), undefined);
  assert.equal(typeOfDuck("INTEGER"), undefined);
  assert.equal(typeOfDuck('STRUCT(a BIGINT, "b c" STRUCT(d VARCHAR[]))'), 'struct<a: integer, "b c": struct<d: list<string>>>');
  assert.deepEqual(structFields('STRUCT("x, y" DECIMAL(18,2))'), [{ name: "x, y", type: "DECIMAL(18,2)" }]);
});

test("an LZ4 frame of literals and repeats unfolds, a damaged one does not", () => {
  const block = [0x32, 0x61, 0x62, 0x63, 0x03, 0x00, 0x10, 0x7a];
  const frame = Uint8Array.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82, block.length, 0, 0, 0, ...block, 0, 0, 0, 0]);
  assert.equal(Buffer.from(decodeLz4(frame, 100)).toString(), "abcabcabcz");
  assert.throws(() => decodeLz4(frame, 5), /too far/);
  assert.throws(() => decodeLz4(frame.subarray(0, 14), 100), RangeError);
});
