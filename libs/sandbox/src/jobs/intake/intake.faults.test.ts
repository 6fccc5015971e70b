import assert from "node:assert/strict";
import { appendFile, open, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { createBench } from "./intake.testkit.ts";
import type { Bench } from "./intake.testkit.ts";
import type { IntakeOutput } from "./model.ts";

let bench: Bench;
before(async () => {
  bench = await createBench();
});
after(() => bench.close());

const reasonOf = (output: IntakeOutput): string => {
  assert.equal(output.status, "rejected");
  return output.status === "rejected" ? output.reason : "";
};

describe("bad rows are listed, the others load", () => {
  test("too few and too many values", async () => {
    const output = await bench.ready("a,b,c\n1,2,3\n4,5\n6,7,8,9\n10,11,12\n13,14,15\n");
    assert.equal(output.rowCount, 3);
    assert.deepEqual(output.rejected, {
      count: 2,
      sample: [
        { line: 3, column: null, reason: "The row has 2 values, the table has 3 columns.", text: "4,5" },
        { line: 4, column: null, reason: "The row has 4 values, the table has 3 columns.", text: "6,7,8,9" },
      ],
    });
  });

  test("a bad row right below the header", async () => {
    const output = await bench.ready('a,b\n1,"x" y\n2,y\n3,z\n');
    assert.deepEqual([output.rowCount, output.rejected.sample[0]?.line], [2, 2]);
  });

  test("a quote that is never closed costs its own line only", async () => {
    const output = await bench.ready('a,b\n1,x\n2,"open\n3,y\n4,z\n');
    assert.deepEqual(
      (await bench.rows(output)).map((row) => row["a"]),
      ["1", "3", "4"],
    );
    assert.deepEqual(
      output.rejected.sample.map(({ line, text }) => [line, text]),
      [[3, '2,"open']],
    );
  });

  test("a file that is cut off inside quotes", async () => {
    const output = await bench.ready('a,b\n1,"x"\n2,"y"\n3,"cut of');
    assert.equal(output.rowCount, 2);
    assert.match(output.rejected.sample[0]?.reason ?? "", /never closed; the file may be cut off/);
  });

  test("text after a closing quote", async () => {
    const output = await bench.ready('a,b\n1,"x"\n2,"y" z\n3,"w"\n4,"v"\n');
    assert.equal(output.rowCount, 3);
    assert.deepEqual(
      output.rejected.sample.map(({ line, reason }) => [line, reason]),
      [[3, "Text follows a closing quote."]],
    );
  });

  test("lines are counted through line ends inside quotes and empty lines", async () => {
    const output = await bench.ready('a,b\n1,"two\nlines"\n\n2,y\n3\n4,z\n');
    assert.equal(output.rowCount, 3);
    assert.equal(output.rejected.sample[0]?.line, 6);
    assert.match(output.dialect.notes.join(" "), /1 empty line/);
  });

  test("a NUL byte", async () => {
    const output = await bench.ready(`a,b\n${"1,x\n".repeat(200)}2,\0\n3,y\n`);
    assert.deepEqual([output.rowCount, output.rejected.count], [201, 1]);
  });

  test("only the first hundred rejected rows are kept, all are counted", async () => {
    const output = await bench.ready(`a,b\n${"1,x\n".repeat(1_000)}${"1\n".repeat(300)}`);
    assert.deepEqual([output.rowCount, output.rejected.count, output.rejected.sample.length], [1_000, 300, 100]);
  });
});

describe("files that cannot be tables", () => {
  test("an empty file", async () => assert.match(reasonOf(await bench.take("")), /empty/));
  test("only a mark", async () => assert.equal((await bench.take("\ufeff")).status, "rejected"));
  test("a picture called CSV", async () => assert.match(reasonOf(await bench.take(Buffer.from("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "latin1"))), /PNG picture/));
  test("random bytes called CSV", async () => {
    const bytes = Buffer.from(Array.from({ length: 5_000 }, (_, index) => (index * 7_919 + (index >> 3) * 104_729) % 256));
    assert.match(reasonOf(await bench.take(bytes)), /binary data/);
  });
  test("a workbook called CSV", async () => assert.match(reasonOf(await bench.take(Buffer.from("PK\x03\x04rest of it", "latin1"))), /save the sheet as CSV/));
  test("prose, pictures and programs stay files", async () => {
    for (const [fileName, content] of [
      ["readme.md", "# Title\n\na, b, c\n"],
      ["photo.png", "\x89PNG\r\n"],
      ["main.py", "import a, b\n"],
      ["notes.txt", "Dear Ann,\nall is well.\nYours, Bob\n"],
      ["empty", ""],
    ] as const) {
      assert.deepEqual(await bench.take(Buffer.from(content, "latin1"), { fileName }), { status: "not_tabular" }, fileName);
    }
  });
  test("a table without a telling name is one", async () => {
    assert.equal((await bench.take("a\tb\n1\tx\n2\ty\n3\tz\n", { fileName: "export.txt" })).status, "ready");
  });
  test("text called Parquet, and Parquet that is cut off", async () => {
    assert.match(reasonOf(await bench.take("a,b\n1,2\n", { fileName: "x.parquet" })), /holds text/);
    assert.match(reasonOf(await bench.take("PAR1 and nothing more", { fileName: "x.parquet" })), /Parquet file cannot be read/);
  });
  test("no good row at all", async () => {
    const output = await bench.take('"a","b"\n"1\n"2\n"3\n', { hints: { dialect: { delimiter: ",", quote: '"', header: true } } });
    assert.equal(output.status, "rejected");
  });
});

describe("compression", () => {
  const table = "id,name\n1,Ann\n2,Bob\n";
  for (const [title, pack, kind] of [
    ["gzip", gzipSync, "gzip"],
    ["zstd", zstdCompressSync, "zstd"],
  ] as const) {
    test(title, async () => {
      const output = await bench.ready(pack(Buffer.from(table)), { fileName: `t.csv.${kind === "gzip" ? "gz" : "zst"}` });
      assert.equal(output.dialect.compression, kind);
      assert.equal(output.rowCount, 2);
    });
    test(`${title}, cut off`, async () => {
      const packed = pack(Buffer.from(Array.from({ length: 20_000 }, (_, index) => `${index},${Math.imul(index, 2_654_435_761)}\n`).join("")));
      assert.match(reasonOf(await bench.take(packed.subarray(0, packed.length / 2), { fileName: "t.csv.gz" })), /damaged or ends early/);
    });
    test(`${title}, a bomb`, async () => {
      const packed = pack(Buffer.alloc(200 * 2 ** 20, "0"));
      assert.match(reasonOf(await bench.take(packed, { fileName: "t.csv.gz" })), /unfolds to more than/);
    });
  }
  test("three layers", async () => assert.match(reasonOf(await bench.take(gzipSync(gzipSync(gzipSync(Buffer.from(table)))))), /more than twice/));
});

describe("sizes", () => {
  test("ten thousand columns", async () => {
    const row = Array.from({ length: 10_000 }, (_, index) => `c${index}`).join(",");
    assert.match(reasonOf(await bench.take(`${row}\n${row}\n`)), /10000 columns; at most 2000/);
  });

  test("five hundred columns", async () => {
    const row = (prefix: string): string => Array.from({ length: 500 }, (_, index) => `${prefix}${index}`).join(",");
    const output = await bench.ready(`${row("c")}\n${row("1")}\n${row("2")}\n`);
    assert.equal(output.columns.length, 500);
    assert.equal(output.columns[17]?.type, "integer");
  });

  test("a line of 200 MB among good ones", async () => {
    const path = join(bench.scratch, "long.csv");
    await writeFile(path, "a,b\n1,x\n2,");
    for (let part = 0; part < 50; part += 1) await appendFile(path, Buffer.alloc(4 * 2 ** 20, "y"));
    await appendFile(path, "\n3,z\n");
    const before = process.memoryUsage().rss;
    const copy = await open(path);
    await copy.close();
    const output = await bench.ready({ path });
    assert.deepEqual([output.rowCount, output.rejected.count], [2, 1]);
    assert.match(output.rejected.sample[0]?.reason ?? "", /longer than 4194304 bytes/);
    assert.ok(process.memoryUsage().rss - before < 150 * 2 ** 20);
  });

  test("a file that is one line of 200 MB", async () => {
    const path = join(bench.scratch, "long.csv");
    await writeFile(path, "");
    for (let part = 0; part < 50; part += 1) await appendFile(path, Buffer.alloc(4 * 2 ** 20, "y,"));
    assert.match(reasonOf(await bench.take({ path })), /longer|columns/);
  });
});
