import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { connect, type Socket } from "node:net";
import { after, before, describe, test } from "node:test";
import { type Answer, eventually, type Person, signUp, startPlatform, type TestPlatform } from "@rivergen/testkit";

const mostBytes = 64 * 2 ** 20;

let platform: TestPlatform;
let ann: Person;
let ben: Person;
before(async () => {
  platform = await startPlatform({ environment: { MAX_UPLOAD_BYTES: String(mostBytes), UPLOAD_IDLE_TIMEOUT_MS: "1000" } });
  ann = await signUp(platform.url, "Ann");
  ben = await signUp(platform.url, "Ben");
});
after(() => platform.stop());

const put = (person: Person, path: string, body: string | Uint8Array, headers: Record<string, string> = {}): Promise<Answer> =>
  person.send("PUT", `/v1/files/${path}`, body, { "content-type": "text/csv", ...headers });
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const paths = async (person: Person): Promise<string[]> =>
  ((await person.send("GET", "/v1/files?limit=200")).json as { items: { path: string }[] }).items.map(({ path }) => path);

/** Writes raw text to the gateway and gives what comes back until the connection ends. */
function rawRequest(head: string, body: string, onConnect: (socket: Socket) => void = () => {}): Promise<string> {
  const { hostname, port } = new URL(platform.url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(`${head}\r\nhost: x\r\nauthorization: Bearer ${ann.token}\r\nconnection: close\r\n\r\n${body}`);
      onConnect(socket);
    });
    let text = "";
    socket.on("data", (chunk: Buffer) => (text += chunk.toString()));
    socket.on("error", () => {});
    socket.on("close", () => resolve(text));
  });
}

describe("files", { timeout: 120_000 }, () => {
  test("a table becomes a dataset; the same again changes nothing, other bytes make the next version", async () => {
    const first = await put(ann, "sales/orders.csv", "a,b\n1,2\n");
    assert.equal(first.status, 201, first.text);
    assert.deepEqual(
      [first.json.file.path, first.json.file.sizeBytes, first.json.file.sha256, first.json.dataset.name, first.json.dataset.status, first.json.dataset.version],
      ["sales/orders.csv", 8, sha256("a,b\n1,2\n"), "orders", "ready", 1],
    );
    const again = await put(ann, "sales/orders.csv", "a,b\n1,2\n");
    assert.deepEqual([again.status, again.json.file, again.json.dataset.version], [200, first.json.file, 1]);
    const other = await put(ann, "sales/orders.csv", "a,b\n1,2\n3,4\n");
    assert.deepEqual([other.status, other.json.file.id, other.json.dataset.version, other.json.dataset.rowCount], [200, first.json.file.id, 2, 2]);
  });

  test("who does not wait is told what is becoming of the file", async () => {
    const { json } = await put(ann, "hasty.csv", "a\n1\n", { prefer: "wait=0" });
    assert.ok(["profiling", "ready"].includes(json.dataset?.status));
  });

  test("a dataset that was deleted comes back with its file", async () => {
    assert.equal((await put(ann, "back.csv", "a\n1\n")).json.dataset.version, 1);
    assert.equal((await ann.send("DELETE", "/v1/datasets/back")).status, 204);
    const again = await put(ann, "back.csv", "a\n1\n");
    assert.deepEqual([again.status, again.json.dataset?.status], [200, "ready"]);
  });

  test("a name of another source is refused before any byte", async () => {
    await put(ann, "one/taken.csv", "a\n1\n");
    const refused = await put(ann, "two/taken.csv", "a\n1\n");
    assert.deepEqual([refused.status, refused.json.code], [409, "DATASET_NAME_TAKEN"]);
    assert.ok(!(await paths(ann)).includes("two/taken.csv"));
    assert.equal((await put(ann, "two/taken.csv?dataset=other_name", "a\n1\n")).json.dataset.name, "other_name");
  });

  test("paths that could lead elsewhere are refused", async () => {
    for (const path of [
      "..%2f..%2fetc%2fpasswd",
      "a%2f..%2fb",
      "%2fetc%2fpasswd",
      "a%5cb",
      "a%00.csv",
      "a%2f%2fb",
      "C:%2fx",
      "a%0ab",
      `${"a".repeat(1_025)}`,
      "x/content%2fcontent",
    ]) {
      const answer = await put(ann, path, "x");
      assert.deepEqual([path, answer.status], [path, 422]);
    }
    assert.equal((await put(ann, "%ff", "x")).status, 400);
    assert.equal((await ann.send("GET", "/v1/files/%00")).status, 422);
    for (const path of ["..%2f..%2fetc%2fpasswd", "nobody.csv", "fil_00000000000000000000000000"])
      assert.equal((await ann.send("GET", `/v1/files/${path}`)).status, 404, path);
    // A doubly encoded path is just a strange name.
    assert.equal((await put(ann, "%252e%252e%252fx.bin", "x", { "content-type": "application/x-strange" })).json.file.path, "%2e%2e%2fx.bin");
  });

  test("ranges, ETags and harmless headers", async () => {
    await put(ann, "page%22.html", "0123456789", { "content-type": "text/html" });
    const get = (headers: Record<string, string> = {}): Promise<Answer> => ann.send("GET", "/v1/files/page%22.html/content", undefined, headers);
    const whole = await get();
    assert.deepEqual(
      [whole.status, whole.text, whole.headers.get("content-type"), whole.headers.get("accept-ranges")],
      [200, "0123456789", "text/html", "bytes"],
    );
    assert.match(whole.headers.get("content-security-policy") ?? "", /sandbox/);
    assert.equal(whole.headers.get("x-content-type-options"), "nosniff");
    assert.equal(whole.headers.get("content-disposition"), `attachment; filename="page_.html"; filename*=UTF-8''page%22.html`);
    const etag = whole.headers.get("etag") ?? "";
    assert.equal(etag, `"${sha256("0123456789")}"`);
    assert.deepEqual([(await get({ "if-none-match": etag })).status, (await get({ "if-none-match": '"x"' })).status], [304, 200]);
    for (const [range, text, place] of [
      ["bytes=2-4", "234", "bytes 2-4/10"],
      ["bytes=-3", "789", "bytes 7-9/10"],
      ["bytes=8-", "89", "bytes 8-9/10"],
    ] as const) {
      const part = await get({ range });
      assert.deepEqual([part.status, part.text, part.headers.get("content-range")], [206, text, place]);
    }
    assert.deepEqual([(await get({ range: "bytes=0-1,3-4" })).status, (await get({ range: "bytes=2-4", "if-range": '"x"' })).status], [200, 200]);
    const beyond = await get({ range: "bytes=10-" });
    assert.deepEqual([beyond.status, beyond.json.code, beyond.headers.get("content-range")], [416, "RANGE_NOT_SATISFIABLE", "bytes */10"]);
  });

  test("a digest is checked", async () => {
    const digest = (text: string): string => `sha-256=:${createHash("sha256").update(text).digest("base64")}:`;
    assert.equal((await put(ann, "d.bin", "right", { "content-digest": digest("right") })).status, 201);
    const wrong = await put(ann, "e.bin", "wrong", { "content-digest": digest("right") });
    assert.deepEqual([wrong.status, wrong.json.code], [422, "DIGEST_MISMATCH"]);
    assert.equal((await put(ann, "e.bin", "x", { "content-digest": "sha-256=nonsense" })).status, 422);
    assert.ok(!(await paths(ann)).includes("e.bin"));
  });

  test("lists page by path and select by prefix", async () => {
    const cleo = await signUp(platform.url, "Cleo");
    for (const name of ["b", "a", "c", "sub/x", "ü"]) await put(cleo, encodeURIComponent(`${name}.bin`), "x", { "content-type": "application/x-any" });
    const all: string[] = [];
    for (let cursor: string | null = ""; cursor !== null;) {
      const { json } = await cleo.send("GET", `/v1/files?limit=2${cursor === "" ? "" : `&cursor=${cursor}`}`);
      all.push(...(json.items as { path: string }[]).map(({ path }) => path));
      cursor = json.nextCursor as string | null;
    }
    assert.deepEqual(all, ["a.bin", "b.bin", "c.bin", "sub/x.bin", "ü.bin"]);
    assert.deepEqual((await cleo.send("GET", "/v1/files?prefix=sub/")).json.items.length, 1);
    assert.equal((await cleo.send("GET", "/v1/files?cursor=nowhere")).status, 422);
  });

  test("a deleted file is gone, its dataset stays", async () => {
    const { json } = await put(ann, "gone.csv", "a\n1\n");
    assert.equal((await ann.send("DELETE", `/v1/files/${json.file.id}`)).status, 204);
    assert.deepEqual([(await ann.send("GET", "/v1/files/gone.csv")).status, (await ann.send("DELETE", "/v1/files/gone.csv")).status], [404, 404]);
    assert.equal((await ann.send("GET", "/v1/datasets/gone/preview")).json.rows.length, 1);
    await eventually(
      async () => ((await ann.send("GET", "/v1/events?limit=1000")).json.items as { type: string }[]).some(({ type }) => type === "file.deleted"),
      {
        what: "file.deleted",
      },
    );
  });

  test("foreign files look like absent ones", async () => {
    const { json } = await put(ann, "mine.csv", "a\n1\n");
    for (const file of [json.file.id as string, "mine.csv"]) {
      for (const [method, path] of [
        ["GET", file],
        ["GET", `${file}/content`],
        ["DELETE", file],
      ] as const) {
        assert.deepEqual([method, (await ben.send(method, `/v1/files/${path}`)).json.code], [method, "FILE_NOT_FOUND"]);
      }
    }
    assert.deepEqual(await paths(ben), []);
    assert.equal((await put(ben, "mine.csv", "b\n2\n")).status, 201);
    assert.equal((await ann.send("GET", "/v1/files/mine.csv/content")).text, "a\n1\n");
  });
});

describe("uploads that do not end well", { timeout: 60_000 }, () => {
  test("one that breaks off leaves nothing", async () => {
    await rawRequest("PUT /v1/files/broken.csv HTTP/1.1\r\ncontent-length: 100", "a,b\n1,2\n", (socket) => setTimeout(() => socket.destroy(), 200));
    const answer = await rawRequest("PUT /v1/files/halved.csv HTTP/1.1\r\ncontent-length: 100", "a,b\n1,2\n", (socket) => setTimeout(() => socket.end(), 200));
    assert.match(answer, /^(HTTP\/1\.1 400 |$)/);
    const known = await paths(ann);
    assert.ok(!known.includes("broken.csv") && !known.includes("halved.csv"));
  });

  test("one that stalls is cut", async () => {
    const begun = Date.now();
    await rawRequest("PUT /v1/files/stalled.csv HTTP/1.1\r\ncontent-length: 100", "a,b\n");
    assert.ok(Date.now() - begun < 10_000);
    assert.ok(!(await paths(ann)).includes("stalled.csv"));
  });

  test("one that is too large is refused at once where it says so, else where it becomes so", async () => {
    const announced = await rawRequest(`PUT /v1/files/large.bin HTTP/1.1\r\ncontent-length: ${mostBytes + 1}`, "x");
    assert.match(announced, /^HTTP\/1\.1 413 /);
    assert.match(announced, /BODY_TOO_LARGE/);
    const mebibyte = new Uint8Array(2 ** 20);
    let left = mostBytes / mebibyte.length + 1;
    const endless = new ReadableStream<Uint8Array>({ pull: (controller) => (left-- > 0 ? controller.enqueue(mebibyte) : controller.close()) });
    const answer = await ann.send("PUT", "/v1/files/large.bin", endless, { "content-type": "application/x-any" });
    assert.deepEqual([answer.status, answer.json.code], [413, "BODY_TOO_LARGE"]);
    assert.ok(!(await paths(ann)).includes("large.bin"));
  });

  test("forms are no files", async () => {
    const answer = await put(ann, "form.csv", "--x\r\n", { "content-type": "multipart/form-data; boundary=x" });
    assert.deepEqual([answer.status, answer.json.code], [415, "UNSUPPORTED_CONTENT_TYPE"]);
  });
});
