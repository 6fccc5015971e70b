import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { createBench } from "./intake.testkit.ts";
import type { Bench } from "./intake.testkit.ts";
import type { IntakeReady } from "./model.ts";

let bench: Bench;
before(async () => {
  bench = await createBench();
});
after(() => bench.close());

const types = (output: IntakeReady): Record<string, string> => Object.fromEntries(output.columns.map((column) => [column.name, column.type]));
const noteOf = (output: IntakeReady, name: string): string => output.columns.find((column) => column.name === name)?.note ?? "";

describe("dialects", () => {
  for (const [title, delimiter] of [
    ["commas", ","],
    ["semicolons", ";"],
    ["tabs", "\t"],
    ["bars", "|"],
    ["colons", ":"],
    ["carets", "^"],
  ] as const) {
    test(title, async () => {
      const lines = [
        ["name", "age", "city"],
        ["Ann", "31", "Paris"],
        ["Bob", "", "Rome"],
        ["Cy", "7", "Oslo"],
      ];
      const output = await bench.ready(lines.map((line) => line.join(delimiter)).join("\n"));
      assert.equal(output.dialect.delimiter, delimiter);
      assert.deepEqual(types(output), { name: "string", age: "integer", city: "string" });
      assert.deepEqual(await bench.rows(output), [
        { name: "Ann", age: "31", city: "Paris" },
        { name: "Bob", age: null, city: "Rome" },
        { name: "Cy", age: "7", city: "Oslo" },
      ]);
    });
  }

  test("decimal commas with thousands points", async () => {
    const output = await bench.ready("Artikel;Preis;Menge\nStuhl;1.234,56;3\nTisch;99,90;12\nBank;1.000.000,00;1\n");
    assert.deepEqual(types(output), { Artikel: "string", Preis: "decimal(18,2)", Menge: "integer" });
    assert.equal(output.dialect.decimal, ",");
    assert.equal(output.dialect.thousands, ".");
    assert.deepEqual(
      (await bench.rows(output)).map((row) => row["Preis"]),
      ["1234.56", "99.90", "1000000.00"],
    );
  });

  test("decimal commas without groups, and whole numbers beside them", async () => {
    const output = await bench.ready("a;b\n1,5;10\n0,25;20\n-3,125;30\n");
    assert.deepEqual(types(output), { a: "decimal(18,3)", b: "integer" });
  });

  test("a point that may group thousands follows the other columns", async () => {
    const output = await bench.ready("a;b\n1,5;1.234\n2,75;12.345\n");
    assert.deepEqual(types(output), { a: "decimal(18,2)", b: "integer" });
    assert.deepEqual(
      (await bench.rows(output)).map((row) => row["b"]),
      ["1234", "12345"],
    );
    assert.match(noteOf(output, "b"), /thousands/);
  });

  test("a point that may group thousands stays text in a file of semicolons that says nothing else", async () => {
    const output = await bench.ready("a;b\nx;1.234\ny;12.345\n");
    assert.equal(types(output)["b"], "string");
    assert.match(noteOf(output, "b"), /Give the decimal sign/);
    const told = await bench.ready("a;b\nx;1.234\ny;12.345\n", { hints: { dialect: { decimal: "," } } });
    assert.equal(types(told)["b"], "integer");
  });

  test("quoted thousands", async () => {
    const output = await bench.ready('city,people\nA,"1,234,567"\nB,"12,000"\nC,900\n');
    assert.deepEqual(
      (await bench.rows(output)).map((row) => row["people"]),
      ["1234567", "12000", "900"],
    );
  });

  test("single quotes, doubled quotes, line ends inside quotes", async () => {
    const single = await bench.ready("id,text\n1,'a, b'\n2,'it''s'\n3,'two\nlines'\n");
    assert.equal(single.dialect.quote, "'");
    assert.deepEqual(
      (await bench.rows(single)).map((row) => row["text"]),
      ["a, b", "it's", "two\nlines"],
    );
    const double = await bench.ready('id,text\n1,"say ""hi"""\n2,"two\r\nlines"\n3,"x"\n');
    assert.deepEqual(
      (await bench.rows(double)).map((row) => row["text"]),
      ['say "hi"', "two\r\nlines", "x"],
    );
  });

  test("quotes escaped by backslashes", async () => {
    const output = await bench.ready('id,text\n1,"say \\"hi\\", now"\n2,"back\\\\slash"\n3,"x"\n');
    assert.equal(output.dialect.escape, "backslash");
    assert.deepEqual(
      (await bench.rows(output)).map((row) => row["text"]),
      ['say "hi", now', "back\\slash", "x"],
    );
  });

  test("a quote in the middle of a value, and blanks before quotes", async () => {
    const inches = await bench.ready('item,size\npipe,5" wide\nrod,3"\n');
    assert.deepEqual(
      (await bench.rows(inches)).map((row) => row["size"]),
      ['5" wide', '3"'],
    );
    const spaced = await bench.ready('a, b\n1, "x, y"\n2, "z"\n');
    assert.deepEqual(
      (await bench.rows(spaced)).map((row) => row["b"]),
      ["x, y", "z"],
    );
  });

  for (const [title, end] of [
    ["CRLF", "\r\n"],
    ["CR alone", "\r"],
    ["LF", "\n"],
  ] as const) {
    test(`lines that end in ${title}`, async () => {
      const output = await bench.ready(["a,b", "1,x", "2,y"].join(end) + end);
      assert.equal(output.dialect.newline, end);
      assert.deepEqual(await bench.rows(output), [
        { a: "1", b: "x" },
        { a: "2", b: "y" },
      ]);
    });
  }

  test("lines above the table", async () => {
    const output = await bench.ready("Report of sales\nMade on 2024-01-01\n\nregion,amount,day\nN,10,2024-01-31\nS,20,2024-02-01\n");
    assert.deepEqual(types(output), { region: "string", amount: "integer", day: "date" });
    assert.equal(output.dialect.skipLines, 3);
    assert.match(output.dialect.notes.join(" "), /above the table/);
  });

  test("an empty value in quotes is a string where empty values without quotes exist too", async () => {
    const both = await bench.ready('a,b\n1,""\n2,\n3,x\n');
    assert.equal(both.dialect.quotedEmpty, "empty");
    assert.deepEqual(
      (await bench.rows(both)).map((row) => row["b"]),
      ["", null, "x"],
    );
    const quoted = await bench.ready('"a","b"\n"1",""\n"3","x"\n');
    assert.deepEqual(
      (await bench.rows(quoted)).map((row) => row["b"]),
      [null, "x"],
    );
  });
});

describe("encodings", () => {
  const text = "name,city\nZoë,Köln\nJosé,São Paulo\n";
  const utf16 = (bigEndian: boolean, mark: boolean): Buffer => {
    const bytes = Buffer.from((mark ? "\ufeff" : "") + text, "utf16le");
    return bigEndian ? bytes.swap16() : bytes;
  };
  const cases: readonly (readonly [string, Buffer, string])[] = [
    ["UTF-8", Buffer.from(text), "utf-8"],
    ["UTF-8 with a mark", Buffer.from(`\ufeff${text}`), "utf-8"],
    ["UTF-16 LE with a mark", utf16(false, true), "utf-16le"],
    ["UTF-16 BE with a mark", utf16(true, true), "utf-16be"],
    ["UTF-16 LE", utf16(false, false), "utf-16le"],
    ["UTF-16 BE", utf16(true, false), "utf-16be"],
    ["Latin-1", Buffer.from(text, "latin1"), "iso-8859-1"],
  ];
  for (const [title, bytes, label] of cases) {
    test(title, async () => {
      const output = await bench.ready(bytes);
      assert.equal(output.dialect.encoding, label);
      assert.deepEqual(await bench.rows(output), [
        { name: "Zoë", city: "Köln" },
        { name: "José", city: "São Paulo" },
      ]);
    });
  }

  test("Windows-1252", async () => {
    const output = await bench.ready(Buffer.from([...Buffer.from("a,b\n1,"), 0x80, 0x93, 0xe9, 0x94, ...Buffer.from("\n2,x\n")]));
    assert.equal(output.dialect.encoding, "windows-1252");
    assert.deepEqual(
      (await bench.rows(output)).map((row) => row["b"]),
      ["€“é”", "x"],
    );
  });

  test("one bad row in a file of UTF-8 is rejected, the others load", async () => {
    const output = await bench.ready(Buffer.concat([Buffer.from("a,b\n1,é\n2,ü\n3,"), Buffer.from([0xff, 0xc3]), Buffer.from("\n4,ö\n")]));
    assert.equal(output.rowCount, 3);
    assert.deepEqual(
      output.rejected.sample.map(({ line, reason }) => [line, reason]),
      [[4, "The row holds bytes that are no UTF-8 text."]],
    );
  });
});

describe("headers and names", () => {
  test("none", async () => {
    const output = await bench.ready("1,Ann,2024-01-01\n2,Bob,2024-01-02\n");
    assert.equal(output.dialect.header, false);
    assert.deepEqual(types(output), { column_1: "integer", column_2: "string", column_3: "date" });
    assert.equal(output.rowCount, 2);
  });

  test("text over text", async () => {
    const output = await bench.ready("name,city\nAnn,Paris\nBob,Rome\n");
    assert.deepEqual(Object.keys(types(output)), ["name", "city"]);
  });

  test("years as names", async () => {
    const output = await bench.ready("country,1990,2000,2010\nA,1.5,2.5,3.5\nB,4.5,5.5,6.5\n");
    assert.deepEqual(types(output), { country: "string", 1990: "decimal(18,1)", 2000: "decimal(18,1)", 2010: "decimal(18,1)" });
  });

  test("doubles and gaps get names, and the notes say so", async () => {
    const output = await bench.ready("id,Name,name,,Unit\tPrice \n1,a,b,c,2\n2,d,e,f,3\n");
    assert.deepEqual(Object.keys(types(output)), ["id", "Name", "name_2", "column_4", "Unit Price"]);
    assert.equal(output.columns[2]?.originalName, "name");
    assert.match(output.dialect.notes.join(" "), /"name_2"/);
  });

  test("only a header", async () => {
    const output = await bench.ready("a,b,c\n");
    assert.equal(output.rowCount, 0);
    assert.deepEqual(types(output), { a: "string", b: "string", c: "string" });
  });

  test("one column", async () => {
    const output = await bench.ready("remark\nHello, world\nfine; really\n");
    assert.deepEqual(await bench.rows(output), [{ remark: "Hello, world" }, { remark: "fine; really" }]);
  });
});

describe("types", () => {
  const column = async (values: readonly string[], more: object = {}): Promise<{ type: string; note: string; values: unknown[] }> => {
    const output = await bench.ready(["key;value", ...values.map((value, index) => `k${index};${value}`)].join("\n"), {
      hints: { dialect: { delimiter: ";", ...more } },
    });
    return { type: types(output)["value"] ?? "", note: noteOf(output, "value"), values: (await bench.rows(output)).map((row) => row["value"]) };
  };
  const cases: readonly (readonly [string, readonly string[], string])[] = [
    ["leading zeros", ["007", "012", "100"], "string"],
    ["telephone numbers", ["+4930123456", "+33123456789"], "string"],
    ["whole numbers", ["1", "-2", "9223372036854775807"], "integer"],
    ["whole numbers beyond 64 bits", ["1", "9223372036854775808"], "string"],
    ["fractions", ["1", "2.5", "-0.25"], "decimal(18,2)"],
    ["seven places", ["1.1234567", "2"], "double"],
    ["exponents", ["1e5", "2.5E-3"], "double"],
    ["nineteen digits with a fraction", ["1234567890123456.125", "1"], "double"],
    ["true and false", ["true", "FALSE", "True"], "boolean"],
    ["yes and no", ["yes", "no", "Yes"], "boolean"],
    ["only no", ["NO", "NO"], "string"],
    ["true and yes", ["true", "yes"], "string"],
    ["zero and one", ["0", "1"], "integer"],
    ["ISO dates", ["2024-01-31", "2024-02-29"], "date"],
    ["a date that does not exist", ["2024-01-31", "2023-02-29"], "string"],
    ["days first", ["31/01/2024", "01/02/2024"], "date"],
    ["months first", ["01/31/2024", "01/02/2024"], "date"],
    ["days with dots", ["01.02.2024", "03.04.2024"], "date"],
    ["day and month open", ["01/02/2024", "03/04/2024"], "string"],
    ["both orders", ["31/01/2024", "01/31/2024"], "string"],
    ["names of months", ["Jan 31 2024", "Feb 1 2024"], "date"],
    ["moments", ["2024-01-31 10:00", "2024-01-31T10:00:00.5"], "timestamp"],
    ["instants", ["2024-01-31T10:00:00Z", "2024-01-31T10:00:00+02:00"], "timestamptz"],
    ["instants and moments", ["2024-01-31T10:00:00Z", "2024-01-31T10:00:00"], "string"],
    ["American clock", ["1/31/2024 3:04 PM", "12/1/2024 11:30 AM"], "timestamp"],
    ["times of day", ["10:30", "23:59:59"], "time"],
    ["durations", ["10:30", "25:00"], "string"],
    ["versions", ["1.2.3", "1.2.4"], "string"],
    ["no values", ["", ""], "string"],
  ];
  for (const [title, values, type] of cases) {
    test(title, async () => assert.equal((await column(values)).type, type));
  }

  test("words for missing values are null among numbers and text among text", async () => {
    const numbers = await column(["1", "NA", "3", "-"]);
    assert.deepEqual([numbers.type, numbers.values], ["integer", ["1", null, "3", null]]);
    assert.match(numbers.note, /2 values like ".*" were read as missing/);
    assert.deepEqual((await column(["DE", "NA", "FR"])).values, ["DE", "NA", "FR"]);
  });

  test("mixed values are kept as they are and counted", async () => {
    const mixed = await column(["1", "2", "abc", "4"]);
    assert.deepEqual(mixed.values, ["1", "2", "abc", "4"]);
    assert.match(mixed.note, /3 of 4 values are numbers.*"abc"/);
  });

  test("the order of dates can be told", async () => {
    const told = await column(["01/02/2024", "03/04/2024"], { dateOrder: "dmy" });
    assert.deepEqual([told.type, told.values], ["date", ["2024-02-01", "2024-04-03"]]);
  });

  test("a late value decides, not a sample", async () => {
    const values = [...Array.from({ length: 30_000 }, (_, index) => String(index)), "x7"];
    assert.equal((await column(values)).type, "string");
  });

  test("instants keep their moment", async () => {
    assert.deepEqual((await column(["2024-01-31T10:00:00+02:00", "2024-01-31 10:00Z"])).values, ["2024-01-31 08:00:00+00", "2024-01-31 10:00:00+00"]);
  });

  test("types that are asked for reject what does not fit", async () => {
    const output = await bench.ready("id,amount\n1,5\n2,x\n3,7.5\n4,\n", { hints: { types: { amount: "integer", id: "string" } } });
    assert.deepEqual(types(output), { id: "string", amount: "integer" });
    assert.equal(output.rowCount, 2);
    assert.deepEqual(output.rejected, {
      count: 2,
      sample: [
        { line: 3, column: "amount", reason: '"x" does not fit the type that was asked for.', text: "2,x" },
        { line: 4, column: "amount", reason: '"7.5" does not fit the type that was asked for.', text: "3,7.5" },
      ],
    });
  });
});

test("types that are asked for correct what was guessed", async () => {
  const content = "n,z,day,d\n+1,007,20240131,inf\n-2,-00.50,20240229,-Infinity\n3,0,19991231,1.5\n";
  assert.deepEqual(types(await bench.ready(content)), { n: "string", z: "string", day: "integer", d: "string" });
  const output = await bench.ready(content, { hints: { types: { n: "integer", z: "double", day: "date", d: "double" } } });
  assert.deepEqual(
    (await bench.rows(output)).map((row) => Object.values(row)),
    [
      ["1", 7, "2024-01-31", "Infinity"],
      ["-2", -0.5, "2024-02-29", "-Infinity"],
      ["3", 0, "1999-12-31", 1.5],
    ],
  );
});

test("digits that a double does not hold are told", async () => {
  const output = await bench.ready("a,b\n123456789012345.123456,0.12345678901234567\n1.5,1.5\n");
  assert.deepEqual(
    output.columns.map((one) => one.note),
    ["Numbers of up to 21 digits were read as double, which holds 15 to 17: ask for decimal(38,s) to keep all.", null],
  );
});

describe("appending", () => {
  const expectColumns = [
    { name: "id", type: "string" },
    { name: "amount", type: "decimal(18,2)" },
  ];
  test("keeps the types of the dataset", async () => {
    const output = await bench.ready("id,amount\n1,5\n2,7\n", { expectColumns });
    assert.deepEqual(types(output), { id: "string", amount: "decimal(18,2)" });
  });
  test("takes a sign in front of a number, and no leading zeros", async () => {
    const expect = [{ name: "n", type: "integer" }];
    assert.deepEqual(await bench.rows(await bench.ready("n\n+5\n", { expectColumns: expect })), [{ n: "5" }]);
    assert.match(JSON.stringify(await bench.take("n\n+5\n007\n", { expectColumns: expect })), /line 3 holds ..007/);
  });

  test("refuses other columns and values that do not fit", async () => {
    const names = await bench.take("id,total\n1,5\n", { expectColumns });
    assert.equal(names.status === "rejected" && names.code, "DATASET_SCHEMA_MISMATCH");
    assert.deepEqual(names.status === "rejected" && names.columns, ["amount", "total"]);
    const values = await bench.take("id,amount\n1,5\n2,many\n", { expectColumns });
    assert.deepEqual(values.status === "rejected" && [values.code, values.columns], ["DATASET_SCHEMA_MISMATCH", ["amount"]]);
  });
});

test("a wide table is described column by column as a narrow one is, and leaves nothing in the engine", async () => {
  const value = (row: number, column: number): string =>
    [String(row * 7), `word ${row % 3}`, `${row}.${column % 10}5`, `2024-01-0${1 + (row % 9)}`][column % 4] ?? "";
  const table = (columns: readonly number[]): string =>
    [columns.map((column) => `c${column}`).join(","), ...Array.from({ length: 30 }, (_, row) => columns.map((column) => value(row, column)).join(","))].join(
      "\n",
    );
  const few = [0, 1, 57, 102, 203, 249];
  const wide = await bench.ready(table(Array.from({ length: 250 }, (_, column) => column)));
  const narrow = await bench.ready(table(few));
  assert.deepEqual(
    few.map((column) => [wide.columns[column], wide.profile.columns[column]]),
    few.map((_, index) => [narrow.columns[index], narrow.profile.columns[index]]),
  );
  assert.deepEqual((await bench.connection.runAndReadAll("SELECT table_name FROM duckdb_tables()")).getRowsJS(), []);
});
