import assert from "node:assert/strict";
import { test } from "node:test";
import type { SqlSteps } from "./analyse.ts";
import type { Datasets } from "./catalog.ts";
import { compileRiver } from "./compile.ts";
import { validateRiver } from "./validate.ts";

const columns = [
  { name: "id", type: "integer", nullable: false, labels: [] },
  { name: "word", type: "string", nullable: true, labels: [] },
];
const datasets: Datasets = { people: { id: "dst_1", version: 1, columns } };
const sqlSteps: SqlSteps = { "/steps/asked/sql": { columns: [{ name: "one", type: "integer", nullable: false }] } };

/** Something of everything, so that every part of the language is met. */
const whole = {
  apiVersion: "rivergen.dev/v1",
  river: "whole",
  description: "everything",
  labels: { team: "sales" },
  parameters: { since: { type: "date", default: "2024-01-01" } },
  sources: { people: { dataset: "people", version: 1 } },
  steps: {
    many: {
      from: "people",
      do: [
        { select: ["id", "word"] },
        { rename: { name: "word" } },
        { cast: { id: { to: "string", onError: "null" }, name: "string" } },
        { derive: { size: "length(name)" } },
        { filter: "size > 1" },
        { dropNulls: ["name"] },
        { fillNulls: { name: "''" } },
        { dedupe: { by: ["id"], keep: "first", orderBy: ["name"] } },
        { window: { by: ["id"], orderBy: ["name"], values: { place: "rank()" }, frame: "rows between 1 preceding and current row" } },
        { orderBy: ["name desc"] },
        { limit: { rows: 5, offset: 1, by: ["id"], orderBy: ["name"] } },
        { drop: ["size"] },
      ],
    },
    joined: { from: "people", join: { to: "many", as: "m", where: "id = 1", type: "left", columns: { other: "m.name" } } },
    both: { from: ["people"], union: { with: ["people"], by: "name", distinct: true, fillMissing: true } },
    same: { from: "people", intersect: { with: "people" } },
    fewer: { from: "people", except: { with: "people" } },
    counted: { from: "joined", aggregate: { by: { key: "word" }, values: { n: "count(*)" }, having: "n > 1" } },
    asked: { from: ["people"], sql: "select 1 as one" },
  },
  outputs: { whole_out: { from: "counted", mode: "append", columns: { key: "string", n: "integer" }, onSchemaChange: "fail" }, again: { from: "many" } },
  resilience: { timeout: "10m" },
  engine: "auto",
};

const wrong = [
  null,
  true,
  0,
  -1.5,
  "",
  "x y",
  [],
  [null],
  [[]],
  ["people", 1],
  {},
  { "": null },
  { people: null },
  { from: {} },
  { dataset: 1 },
  "\0",
  "\ud800",
  { "\udfff": "a" },
];

/** The pointers of everything in a document. */
function* pathsOf(value: unknown, path: readonly string[] = []): Generator<readonly string[]> {
  yield path;
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) yield* pathsOf(inner, [...path, key]);
}

function replaceAt(value: unknown, [key, ...rest]: readonly string[], by: unknown): unknown {
  if (key === undefined) return by;
  if (Array.isArray(value)) return value.map((item, index) => (String(index) === key ? replaceAt(item, rest, by) : item) as unknown);
  const fields = value as Record<string, unknown>;
  return { ...fields, [key]: replaceAt(fields[key], rest, by) };
}

test("text that no store keeps as it is has faults wherever it stands", () => {
  for (const bad of ["a\0", "\ud800"]) {
    const codes = (document: object): string[] => validateRiver({ ...whole, ...document }).errors.map(({ path, code }) => `${path} ${code}`);
    assert.deepEqual(codes({ description: bad }), ["/description INVALID_VALUE"]);
    assert.deepEqual(codes({ labels: { [bad]: "x" } }), [`/labels/${bad} INVALID_VALUE`]);
    assert.ok(codes({ parameters: { since: { type: "string", default: bad } } }).includes("/parameters/since/default INVALID_VALUE"));
    assert.ok(codes({ steps: { ...whole.steps, same: { from: "people", filter: `word = '${bad}'` } } }).includes("/steps/same/filter INVALID_VALUE"));
  }
});

test("whatever stands at whatever place of a document, the answer is faults, never a crash", () => {
  const context = { datasets, sqlSteps, now: "2024-06-01T00:00:00Z", seed: "1" };
  assert.deepEqual(compileRiver(whole, context).errors, []);
  const paths = [...pathsOf(whole)];
  assert.ok(paths.length > 100);
  for (const path of paths) {
    for (const value of wrong) {
      const document = replaceAt(whole, path, value);
      const place = `${JSON.stringify(value)} at /${path.join("/")}`;
      assert.doesNotThrow(() => validateRiver(document, undefined, datasets, sqlSteps), place);
      assert.doesNotThrow(() => validateRiver(document), place);
      assert.doesNotThrow(() => compileRiver(document, context), place);
    }
  }
});
