import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { isErrorCode, toFaults } from "./faults.ts";

const faultsOf = (schema: z.ZodType, value: unknown, prefix = "") => toFaults(schema.safeParse(value).error?.issues ?? [], prefix);

test("all faults come at once, with their paths and codes", () => {
  const schema = z.strictObject({
    name: z.string().min(1).max(3),
    count: z.number().int(),
    mode: z.enum(["a", "b"]),
    items: z.array(z.strictObject({ id: z.string() })),
    at: z.iso.datetime(),
  });
  const faults = faultsOf(schema, { name: "long", mode: "c", items: [{ id: "1" }, { id: 2, extra: true }], at: "never", more: 1 });
  assert.deepEqual(faults.map(({ path, code }) => `${path} ${code}`).toSorted(), [
    "/at INVALID_FORMAT",
    "/count REQUIRED",
    "/items/1/extra UNKNOWN_FIELD",
    "/items/1/id WRONG_TYPE",
    "/mode NOT_ALLOWED",
    "/more UNKNOWN_FIELD",
    "/name OUT_OF_RANGE",
  ]);
});

test("paths are JSON pointers behind the part of the request", () => {
  const schema = z.strictObject({ "a/b~c": z.string() });
  assert.equal(faultsOf(schema, { "a/b~c": 1 }, "query")[0]?.path, "query/a~1b~0c");
});

test("of several shapes the one that came furthest says what is wrong", () => {
  const schema = z.union([z.strictObject({ limit: z.strictObject({ rows: z.number() }) }), z.string()]);
  assert.deepEqual(
    faultsOf(z.strictObject({ step: schema }), { step: { limit: { rows: "ten" } } }).map(({ path, code }) => [path, code]),
    [["/step/limit/rows", "WRONG_TYPE"]],
  );
});

test("codes of the catalogue are known, others are not", () => {
  assert.equal(isErrorCode("RUN_NOT_FOUND"), true);
  for (const code of ["NO_SUCH_CODE", "toString", "__proto__"]) assert.equal(isErrorCode(code), false, code);
});
