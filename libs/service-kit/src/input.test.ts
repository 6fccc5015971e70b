import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { describe, test } from "node:test";
import { AppError, route } from "@rivergen/contracts";
import { z } from "zod";
import { isDeeper, parseInput, parseJson, readJsonBody, readQuery, readText } from "./input.ts";

const code = (expected: string) => (error: unknown) => error instanceof AppError && error.code === expected;
const renameThing = route({
  method: "POST",
  path: "/v1/things/:thing",
  scope: "datasets:write",
  tag: "Things",
  summary: "Rename a thing",
  params: z.strictObject({ thing: z.string() }),
  query: z.strictObject({ limit: z.coerce.number().int().max(10).default(5) }),
  body: z.strictObject({ name: z.string() }),
});
const bare = route({ method: "GET", path: "/v1/things", scope: "datasets:read", tag: "Things", summary: "Things" });

describe("parts of a request", () => {
  test("are parsed with their defaults", () => {
    const parsed = parseInput(renameThing, { params: { thing: "t" }, query: {}, body: { name: "n" }, headers: { prefer: "wait=1" } });
    assert.deepEqual(parsed, { params: { thing: "t" }, query: { limit: 5 }, body: { name: "n" }, headers: { prefer: "wait=1" } });
  });

  test("are refused with the faults of all parts", () => {
    assert.throws(
      () => parseInput(renameThing, { params: { thing: "t" }, query: { limit: "11", page: "2" }, body: {} }),
      (error: unknown) => {
        assert.ok(error instanceof AppError && error.code === "INVALID_REQUEST");
        const faults = error.details.errors?.map(({ path, code: fault }) => `${path} ${fault}`).toSorted();
        assert.deepEqual(faults, ["/name REQUIRED", "query/limit OUT_OF_RANGE", "query/page UNKNOWN_FIELD"]);
        assert.match(error.details.detail ?? "", /\(and 2 more\)/);
        return true;
      },
    );
  });

  test("may not hold text that no store keeps as it is", () => {
    assert.throws(
      () => parseInput(renameThing, { params: { thing: "t\0" }, query: {}, body: { name: "\ud800", "\0": 1 } }),
      (error: unknown) => {
        assert.ok(error instanceof AppError && error.code === "INVALID_REQUEST");
        const faults = error.details.errors?.filter(({ code: fault }) => fault === "INVALID_CHARACTER").map(({ path }) => path);
        assert.deepEqual(faults, ["path/thing", "/name", "/\0"]);
        return true;
      },
    );
    assert.doesNotThrow(() => parseInput(renameThing, { params: { thing: "t" }, query: {}, body: { name: "\u{1F600} ok" } }));
  });

  test("may not hold what an operation does not take", () => {
    assert.deepEqual(parseInput(bare, { query: {} }), { params: undefined, query: undefined, body: undefined, headers: {} });
    assert.throws(() => parseInput(bare, { query: { limit: "1" } }), code("INVALID_REQUEST"));
  });
});

test("a repeated query parameter becomes a list, and no name reaches the prototype", () => {
  assert.deepEqual({ ...readQuery("/v1/x?a=1&a=2&a=3&b=%26") }, { a: ["1", "2", "3"], b: "&" });
  assert.deepEqual({ ...readQuery("/v1/x") }, {});
  const query = readQuery("/v1/x?__proto__=1");
  assert.deepEqual(Object.keys(query), ["__proto__"]);
  assert.equal(Object.getPrototypeOf(query), null);
});

describe("bodies", () => {
  const json = "application/json; charset=utf-8";
  test("are read as JSON by their type", async () => {
    assert.deepEqual(await readJsonBody(Readable.from([Buffer.from('{"a":'), Buffer.from("1}")]), json), { a: 1 });
    assert.deepEqual(await readJsonBody(Readable.from([Buffer.from("[]")]), "application/merge-patch+json"), []);
    assert.equal(await readJsonBody(Readable.from([]), undefined), undefined);
    await assert.rejects(readJsonBody(Readable.from([Buffer.from("{}")]), "text/plain"), code("UNSUPPORTED_CONTENT_TYPE"));
    await assert.rejects(readJsonBody(Readable.from([Buffer.from("{")]), json), code("BODY_NOT_PARSEABLE"));
  });

  test("have a bound to the byte", async () => {
    assert.equal(await readText(Readable.from([Buffer.alloc(10, "a")]), 10), "a".repeat(10));
    await assert.rejects(readText(Readable.from([Buffer.alloc(10, "a"), Buffer.from("b")]), 10), code("BODY_TOO_LARGE"));
  });

  test("are UTF-8, also where a character is cut between two chunks", async () => {
    const bytes = Buffer.from("Zürich €");
    assert.equal(await readText(Readable.from([bytes.subarray(0, 2), bytes.subarray(2, 9), bytes.subarray(9)]), 100), "Zürich €");
    await assert.rejects(readText(Readable.from([Buffer.from([0xff, 0xfe])]), 100), code("BODY_NOT_PARSEABLE"));
  });

  test("nest 100 levels deep at most; brackets in texts do not count", () => {
    assert.ok(Array.isArray(parseJson("[".repeat(100) + "]".repeat(100))));
    assert.throws(() => parseJson("[".repeat(101) + "]".repeat(101)), code("BODY_NOT_PARSEABLE"));
    assert.throws(() => parseJson("[".repeat(100_000)), code("BODY_NOT_PARSEABLE"));
    assert.equal(isDeeper(JSON.stringify({ text: '[{"\\"[[[' }), 1), false);
    assert.equal(isDeeper("[][][][]", 1), false);
    assert.equal(isDeeper('{"a":[1]}', 1), true);
  });
});
