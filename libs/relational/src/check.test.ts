import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Operator } from "@rivergen/contracts";
import { parseExpression } from "./parser.ts";
import { parseType } from "./parse-type.ts";
import { applyOperator } from "./plan/operators.ts";
import { printStatement } from "./duckdb/plan.ts";
import type { Relation } from "./plan/relation.ts";
import { scan } from "./plan/relation.ts";
import type { DataType } from "./types.ts";
import { printType, types, widen } from "./types.ts";

const column = (
  name: string,
  type: DataType,
  labels: readonly string[] = [],
  nullable = true,
): { name: string; type: DataType; nullable: boolean; labels: readonly string[] } => ({
  name,
  type,
  nullable,
  labels,
});

const orders = scan("orders", "source_orders", [
  column("order_id", types.integer, [], false),
  column("customer_id", types.integer),
  column("amount", types.decimal(18, 2)),
  column("email", types.string, ["pii.email"]),
  column("ordered_at", types.date),
  column("seen_at", types.timestamptz),
  column("Total", types.double),
  column("address", { kind: "struct", fields: [{ name: "city", type: types.string }] }),
]);
const customers = scan("customers", "source_customers", [
  column("customer_id", types.integer, [], false),
  column("email", types.string),
  column("country", types.string),
]);

function apply(operator: Operator, relation: Relation = orders): { relation: Relation | undefined; faults: string[]; warnings: string[] } {
  const faults: string[] = [];
  const warnings: string[] = [];
  const context = {
    path: "/x",
    step: "x",
    parameters: new Map([["since", types.date]]),
    report: (path: string, code: string, message: string): number => faults.push(`${path} ${code} ${message}`),
    warn: (path: string, code: string): number => warnings.push(`${path} ${code}`),
    input: (name: string): Relation | undefined => ({ customers, orders })[name],
  };
  return { relation: applyOperator(context, operator, { relation, from: "orders", others: [] }), faults, warnings };
}

const typesOf = (relation: Relation | undefined): string =>
  (relation?.columns ?? []).map((item) => `${item.name} ${printType(item.type)}${item.nullable ? "" : "!"}`).join(", ");

describe("faults say what to do", () => {
  const faults: readonly (readonly [Operator, string])[] = [
    [{ filter: "amuont > 1" }, "/x/filter UNKNOWN_COLUMN there is no column amuont; the nearest is amount"],
    [
      { window: { orderBy: ["email"], frame: "range between 1 preceding and current row", values: { x: "sum(amount)" } } },
      "/x/window/values/x TYPE_MISMATCH a range frame of integer does not go with an order by string",
    ],
    [
      { window: { orderBy: ["ordered_at"], frame: "range between 1 preceding and current row", values: { x: "sum(amount)" } } },
      "/x/window/values/x TYPE_MISMATCH a range frame of integer does not go with an order by date: write interval '7 days'",
    ],
    [
      { window: { orderBy: ["amount"], values: { x: "sum(amount) over (order by amount range between interval '1 day' preceding and current row)" } } },
      "/x/window/values/x TYPE_MISMATCH a range frame of interval does not go with an order by decimal(18,2)",
    ],
    [
      { window: { orderBy: ["amount"], frame: "rows between -1 preceding and current row", values: { x: "sum(amount)" } } },
      "/x/window/frame INVALID_ARGUMENT a frame counts from 0: say preceding or following",
    ],
    [
      { window: { orderBy: ["amount"], frame: "rows between 2 preceding and 3 preceding", values: { x: "sum(amount)" } } },
      "/x/window/frame INVALID_ARGUMENT this frame ends before it starts",
    ],
    [{ filter: "email = null" }, "/x/filter NULL_COMPARISON a comparison with null is never true: write … is null"],
    [{ filter: "email > 5" }, "/x/filter TYPE_MISMATCH cannot compare string and integer: write cast(… as string)"],
    [{ filter: "amount > '5'" }, "/x/filter TYPE_MISMATCH cannot compare decimal(18,2) and string: write 5 without quotes"],
    [{ filter: "ordered_at >= '2024-01-01'" }, "/x/filter TYPE_MISMATCH cannot compare date and string: write date '2024-01-01'"],
    [{ filter: "amount" }, "/x/filter TYPE_MISMATCH a filter must be boolean, and this is decimal(18,2): compare it with something"],
    [{ derive: { x: "email + 1" } }, "/x/derive/x TYPE_MISMATCH + does not work on string and integer: write cast(… as integer)"],
    [{ derive: { x: "ordered_at + 1" } }, "/x/derive/x TYPE_MISMATCH + does not work on date and integer: days are added as interval '1 day'"],
    [{ derive: { x: "lowr(email)" } }, "/x/derive/x UNKNOWN_FUNCTION there is no function lowr; the nearest is lower"],
    [{ derive: { x: "substring(email, 1)" } }, "/x/derive/x UNKNOWN_FUNCTION there is no function substring; here it is substr"],
    [
      { derive: { x: "sum(amount)" } },
      "/x/derive/x MISPLACED_CALL sum is an aggregate: it stands in aggregate or window values, and not inside another call of this kind",
    ],
    [
      { derive: { x: "hour(seen_at)" } },
      "/x/derive/x TYPE_MISMATCH hour takes timestamp or time as argument 1, and this is timestamptz: zones are explicit, write x at time zone 'UTC'",
    ],
    [{ derive: { x: "extract(day from seen_at)" } }, "/x/derive/x TYPE_MISMATCH zones are explicit: write extract(… from x at time zone 'UTC')"],
    [{ derive: { x: "$sinse" } }, "/x/derive/x UNKNOWN_PARAMETER there is no parameter sinse; the nearest is since"],
    [{ derive: { x: "cast(amount as varchar)" } }, "/x/derive/x INVALID_TYPE there is no type varchar; write string"],
    [{ derive: { x: "date '2024-02-30'" } }, "/x/derive/x INVALID_LITERAL the day 2024-02-30 does not exist"],
    [{ derive: { x: "null" } }, "/x/derive UNTYPED_NULL x has no type: write cast(null as …)"],
    [{ derive: { x: "case when true then 1 else 'a' end" } }, "/x/derive/x TYPE_MISMATCH the branches of case give integer and string: cast one of them"],
    [{ derive: { x: "address.town" } }, "/x/derive/x UNKNOWN_FIELD there is no field town; there are city"],
    [{ derive: { x: "(select 1)" } }, '/x/derive/x EXPRESSION_SYNTAX found "select", where a value (a query cannot stand in an expression) could stand'],
    [{ aggregate: { values: { x: "amount" } } }, "/x/aggregate/values/x NOT_AGGREGATED amount has many values in a group: aggregate it, or add it to by"],
    [
      { aggregate: { values: { x: "sum(sum(amount))" } } },
      "/x/aggregate/values/x MISPLACED_CALL sum is an aggregate: it stands in aggregate or window values, and not inside another call of this kind",
    ],
    [{ aggregate: { values: { x: "list(email)" } } }, "/x/aggregate/values/x ORDER_REQUIRED list needs an order: list(… order by …)"],
    [{ window: { values: { x: "row_number()" } } }, "/x/window/values/x ORDER_REQUIRED row_number needs an order: add orderBy"],
    [{ dedupe: { by: ["order_id"], keep: "last" } }, "/x/dedupe ORDER_REQUIRED keep: last needs orderBy"],
    [
      { join: { to: "customers", where: "customer_id = country" } },
      "/x/join/where UNKNOWN_COLUMN there is no column country on the left; on the right it is customers.country",
    ],
    [
      { join: { to: "customers", using: ["customer_id"] } },
      "/x/join DUPLICATE_COLUMN email is on both sides: say as: alias, or name the right columns with columns",
    ],
    [{ union: { with: ["customers"] } }, "/x/union UNION_MISMATCH order_id is missing in customers; fillMissing: true fills it with null"],
    [{ select: ["amount", "AMOUNT"] }, "/x/select DUPLICATE_COLUMN two columns are called amount: rename one"],
    [{ sql: "SELECT 1" }, "/x/sql SQL_NOT_READ the columns of this statement are not known here"],
  ];
  for (const [operator, message] of faults) test(message, () => assert.equal(apply(operator).faults[0], message));
});

test("one mistake is told once", () => {
  assert.equal(apply({ derive: { x: "lower(nothing) || 'a' = 'b' and nothing2 + 1 > 2" } }).faults.length, 2);
});

test("types, and what is proven not null", () => {
  const shown: readonly (readonly [Operator, string])[] = [
    [{ select: ["order_id", "total"] }, "order_id integer!, Total double"],
    [{ select: { a: "amount * 2", b: "amount / 2", c: "ordered_at + interval '1 day'", d: "coalesce(amount, 0)", e: "amount > 1", f: "seen_at" } }, "a decimal(37,2), b double, c date, d decimal(18,2)!, e boolean, f timestamptz"],
    [{ aggregate: { by: ["email"], values: { n: "count(*)", s: "sum(amount)", m: "avg(amount)" } } }, "email string, n integer!, s decimal(38,2), m double"],
    [{ aggregate: { by: { month: "date_trunc('month', ordered_at)" }, values: {}, having: "month > $since" } }, "month date"],
    [{ join: { to: "customers", as: "c", using: ["customer_id"], type: "left" } }, "order_id integer!, customer_id integer, amount decimal(18,2), email string, ordered_at date, seen_at timestamptz, Total double, address struct<city: string>, c_email string, c_country string"],
    [{ join: { to: "customers", where: "customer_id = customers.customer_id", type: "right", columns: { who: "customers.customer_id" } } }, "order_id integer, customer_id integer, amount decimal(18,2), email string, ordered_at date, seen_at timestamptz, Total double, address struct<city: string>, who integer!"],
  ]; // prettier-ignore
  for (const [operator, expected] of shown) {
    const { relation, faults } = apply(operator);
    assert.deepEqual(faults, []);
    assert.equal(typesOf(relation), expected);
  }
  const filtered = apply({ filter: "amount > 1 and email is not null" }).relation;
  assert.match(typesOf(filtered), /amount decimal\(18,2\)!, email string!/);
});

test("labels travel with values, and not with filters", () => {
  const derived = apply({ derive: { a: "length(email)", b: "amount + 1", c: "case when email = 'x' then 1 else 2 end" } }).relation;
  assert.deepEqual(
    derived?.columns.slice(-3).map((item) => item.labels),
    [["pii.email"], [], ["pii.email"]],
  );
  const filtered = apply({ filter: "email = 'x'" }).relation;
  assert.deepEqual(filtered?.columns.find((item) => item.name === "amount")?.labels, []);
  assert.deepEqual(filtered?.influences, [{ input: "orders", column: "email", influence: "filter" }]);
  const counted = apply({ aggregate: { by: ["customer_id"], values: { x: "max(email)" } } }).relation;
  assert.deepEqual(
    counted?.columns.map((item) => item.labels),
    [[], ["pii.email"]],
  );
});

test("a limit without an order is a warning", () => {
  assert.deepEqual(apply({ limit: 3 }).warnings, ["/x/limit LIMIT_WITHOUT_ORDER"]);
  assert.deepEqual(apply({ limit: { rows: 3, orderBy: ["amount desc"] } }).warnings, []);
});

test("types are read and written the same", () => {
  for (const text of ["integer", "decimal(18,2)", "list<list<string>>", 'struct<a: integer, "b c": list<double>>']) {
    const parsed = parseType(text);
    assert.ok(parsed.ok);
    assert.equal(printType(parsed.type), text);
  }
  for (const text of ["decimal", "decimal(39,1)", "decimal(2,3)", "list<>", "constructor", "", "integer x", "list<".repeat(10_000)])
    assert.ok(!parseType(text).ok, text.slice(0, 40));
});

test("widening is symmetric and goes nowhere but up", () => {
  const all = [
    types.boolean,
    types.integer,
    types.decimal(18, 2),
    types.decimal(38, 10),
    types.double,
    types.string,
    types.date,
    types.timestamp,
    types.timestamptz,
    types.list(types.integer),
  ];
  for (const a of all) {
    for (const b of all) {
      const wide = widen(a, b);
      assert.equal(wide && printType(wide), ((other) => other && printType(other))(widen(b, a)));
      if (wide) assert.equal(printType(widen(wide, a) ?? types.null), printType(wide));
    }
  }
});

test("limits hold, quickly, and long chains are no depth", () => {
  assert.ok(parseExpression(Array(2_000).fill("a = 1").join(" and ")).ok);
  const bad = [
    "(".repeat(100_000),
    "-".repeat(100_000) + "a",
    "1" + " + 1".repeat(5_000),
    "not ".repeat(50_000),
    "[".repeat(100_000),
    "a.".repeat(50_000),
    "case ".repeat(10_000),
    "x".repeat(300_000),
    "a = 1 or ".repeat(9_000) + "b",
  ];
  const start = performance.now();
  for (const text of bad) {
    const parsed = parseExpression(text);
    assert.ok(!parsed.ok && ["EXPRESSION_TOO_LARGE", "EXPRESSION_SYNTAX"].includes(parsed.fault.code));
  }
  assert.ok(performance.now() - start < 2_000);
});

test("random texts never break the parser", () => {
  const pieces = ["a", "1", "'x'", "(", ")", "and", "not", "in", "case", "when", "then", "end", "is", "null", "[", "]", ",", ".", "::", "integer", "over", "$p", "+", "=", "between", "constructor", "__proto__", "filter", "cast", "as", "at", "time", "zone", '"q"', "*"]; // prettier-ignore
  let state = 42;
  const next = (limit: number): number => {
    state = (state * 1_103_515_245 + 12_345) & 0x7fffffff;
    return state % limit;
  };
  for (let round = 0; round < 20_000; round += 1) {
    const text = Array.from({ length: 1 + next(10) }, () => pieces[next(pieces.length)]).join(" ");
    const parsed = parseExpression(text);
    if (!parsed.ok) assert.ok(parsed.fault.place.offset <= text.length, text);
    else apply({ derive: { x: text } });
  }
});

test("long spaces in an order cost no more than other texts", () => {
  const started = performance.now();
  assert.equal(apply({ orderBy: [`order_id${" ".repeat(200_000)}x`] }).faults.length, 1);
  assert.deepEqual(apply({ orderBy: [`order_id${" ".repeat(200_000)}DESC${"\n".repeat(200_000)}nulls  First`] }).relation?.order, [
    { column: "order_id", descending: true, nullsFirst: true },
  ]);
  assert.ok(performance.now() - started < 1_000);
});

test("the end of a statement is found in one go", () => {
  const own = { columns: [], hidden: [], influences: [], order: [], step: "s", path: "" };
  const print = (text: string): string =>
    printStatement({ kind: "sql", text, inputs: [], ...own }, { parameters: new Map(), now: "2024-03-01T10:00:00Z", seed: "", lenient: false }).sql;
  assert.match(print("select 1 ; \n;"), /\(\nselect 1\n\)/);
  const started = performance.now();
  print(`select 1${" ".repeat(200_000)}x`);
  assert.ok(performance.now() - started < 1_000);
});
