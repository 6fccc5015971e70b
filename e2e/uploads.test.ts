import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { eventually, type Person, signUp, startPlatform, type TestPlatform } from "@rivergen/testkit";

let platform: TestPlatform;
let ann: Person;
before(async () => {
  platform = await startPlatform();
  ann = await signUp(platform.url);
});
after(() => platform.stop());

const mebibyte = 2 ** 20;

async function residentMiB(): Promise<number> {
  const status = await readFile(`/proc/${platform.processes.get("all")?.pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
}

test("a file of one gigabyte is streamed with flat memory and kept byte for byte", async () => {
  const block = Buffer.alloc(mebibyte, "river ");
  const blocks = 1024;
  const hash = createHash("sha256");
  // The first upload opens connections and warms code: growth is measured from there.
  await ann.send("PUT", "/v1/files/warm.bin", new Uint8Array(mebibyte), { "content-type": "application/octet-stream" });
  const before = await residentMiB();
  let peak = before;
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      for (let i = 0; i < blocks; i++) {
        block.writeUInt32BE(i, 0);
        hash.update(block);
        controller.enqueue(Buffer.from(block));
        while ((controller.desiredSize ?? 0) <= 0) await new Promise((done) => setImmediate(done));
        if (i % 32 === 0) peak = Math.max(peak, await residentMiB());
      }
      controller.close();
    },
  });
  const { status, json, text } = await ann.send("PUT", "/v1/files/large/one.bin", stream, { "content-type": "application/octet-stream" });
  peak = Math.max(peak, await residentMiB());
  assert.equal(status, 201, text);
  assert.deepEqual([json.file.sizeBytes, json.dataset], [blocks * mebibyte, null]);
  assert.equal(json.file.sha256, hash.digest("hex"));
  assert.ok(peak - before <= 100, `memory grew by ${Math.round(peak - before)} MiB`);
  const tail = await ann.send("GET", "/v1/files/large/one.bin/content", undefined, { range: "bytes=-6" });
  assert.equal(tail.status, 206);
  assert.equal((await ann.send("DELETE", "/v1/files/large/one.bin")).status, 204);
  assert.equal((await ann.send("GET", "/v1/files/large/one.bin")).status, 404);
});

test("an upload that breaks off leaves nothing behind", async () => {
  const { port } = new URL(platform.url);
  const broken = request({
    port,
    method: "PUT",
    path: "/v1/files/broken.csv",
    headers: { authorization: `Bearer ${ann.token}`, "content-type": "text/csv", "content-length": 10 * mebibyte },
  });
  broken.on("error", () => undefined);
  broken.write(Buffer.alloc(mebibyte, "1,2\n"));
  await eventually(() => broken.writableLength === 0);
  broken.destroy();
  await eventually(async () => (await listTemporary()).length === 0, { what: "the removal of what was written" });
  assert.equal((await ann.send("GET", "/v1/files/broken.csv")).status, 404);
  assert.equal((await ann.send("GET", "/v1/datasets/broken")).status, 404);
});

async function listTemporary(): Promise<string[]> {
  return readdir(join(platform.home, "objects", ".temporary")).catch(() => []);
}

test("content that differs from its digest is refused and not kept", async () => {
  const digest = createHash("sha256").update("other").digest("base64");
  const wrong = await ann.send("PUT", "/v1/files/digest.csv", "a\n1\n", { "content-type": "text/csv", "content-digest": `sha-256=:${digest}:` });
  assert.deepEqual([wrong.status, wrong.json.code], [422, "DIGEST_MISMATCH"]);
  assert.equal((await ann.send("GET", "/v1/files/digest.csv")).status, 404);
  const right = createHash("sha256").update("a\n1\n").digest("base64");
  assert.equal((await ann.send("PUT", "/v1/files/digest.csv", "a\n1\n", { "content-type": "text/csv", "content-digest": `sha-256=:${right}:` })).status, 201);
});

test("dialects of the world: the same table from ten different texts", async () => {
  const expected = [
    { id: 1, name: "Zoë", amount: "1234.50", day: "2024-01-31" },
    { id: 2, name: 'Ann; "A"', amount: "-0.25", day: "2024-12-24" },
  ];
  const rows = (delimiter: string, decimal: string, thousands: string, date: (iso: string) => string) =>
    [
      ["id", "name", "amount", "day"],
      ["1", "Zoë", `1${thousands}234${decimal}50`, date("2024-01-31")],
      ["2", '"Ann; ""A"""', `-0${decimal}25`, date("2024-12-24")],
    ]
      .map((row) => row.map((cell) => (cell.includes(delimiter) && !cell.startsWith('"') ? `"${cell}"` : cell)).join(delimiter))
      .join("\n") + "\n";
  const iso = (text: string) => text;
  const european = (text: string) => text.split("-").toReversed().join(".");
  const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(rows("\t", ".", "", iso), "utf16le")]);
  const latin1 = Buffer.from(rows(";", ",", ".", european), "latin1");
  const files: Record<string, string | Uint8Array> = {
    "comma.csv": rows(",", ".", "", iso),
    "semicolon.csv": rows(";", ",", "", iso),
    "european.csv": rows(";", ",", ".", european),
    "tab.tsv": rows("\t", ".", "", iso),
    "pipe.txt": rows("|", ".", "", iso),
    "bom.csv": `\ufeff${rows(",", ".", "", iso)}`,
    "crlf.csv": rows(",", ".", "", iso).replaceAll("\n", "\r\n"),
    "utf16.csv": utf16,
    "latin1.csv": latin1,
    "preamble.csv": `Report of 2024\n\n${rows(",", ".", "", iso)}`,
    "lines.ndjson": `${JSON.stringify({ id: 1, name: "Zoë", amount: 1234.5, day: "2024-01-31" })}\n${JSON.stringify({ id: 2, name: 'Ann; "A"', amount: -0.25, day: "2024-12-24" })}\n`,
    "list.json": JSON.stringify([
      { id: 1, name: "Zoë", amount: 1234.5, day: "2024-01-31" },
      { id: 2, name: 'Ann; "A"', amount: -0.25, day: "2024-12-24" },
    ]),
  };
  for (const [path, body] of Object.entries(files)) {
    const stored = await ann.send("PUT", `/v1/files/dialects/${path}`, body, { "content-type": "application/octet-stream", prefer: "wait=30" });
    assert.equal(stored.json.dataset?.status, "ready", `${path}: ${stored.text}`);
    const { json } = await ann.send("GET", `/v1/datasets/${stored.json.dataset.name}/preview`);
    const shown = json.rows.map((row: Record<string, unknown>) => ({ ...row, amount: Number(row["amount"]).toFixed(2) }));
    assert.deepEqual(shown, expected, `${path}: ${JSON.stringify(stored.json.dataset.dialect)}`);
  }
});

test("codes with leading zeros stay text; a wrong guess can be corrected", async () => {
  const { json } = await ann.send("PUT", "/v1/files/codes.csv", "zip,n,mixed\n01234,1,5\n98765,2,x\n", { "content-type": "text/csv" });
  assert.deepEqual(
    json.dataset.columns.map(({ type }: { type: string }) => type),
    ["string", "integer", "string"],
  );
  const reread = await ann.send("POST", "/v1/datasets/codes/reread", { types: { n: "string" } }, { prefer: "wait=30" });
  assert.deepEqual([reread.status, reread.json.columns[1].type, reread.json.version], [200, "string", 2]);
});

test("appending adds rows to the same dataset; other columns are refused", async () => {
  const put = (path: string, body: string) =>
    ann.send("PUT", `/v1/files/${path}?dataset=log&mode=append`, body, { "content-type": "text/csv", prefer: "wait=30" });
  assert.equal((await put("log/1.csv", "at,n\n2024-01-01,1\n")).json.dataset.rowCount, 1);
  const second = await put("log/2.csv", "at,n\n2024-01-02,2\n2024-01-03,3\n");
  assert.deepEqual([second.json.dataset.rowCount, second.json.dataset.version], [3, 2], second.text);
  const wrong = await put("log/3.csv", "other,columns,here\n1,2,3\n");
  assert.equal(wrong.json.dataset.status, "rejected", wrong.text);
  assert.equal((await ann.send("POST", "/v1/queries", { sql: "select count(*) as n from log" })).json.rows[0].n, 3);
});
