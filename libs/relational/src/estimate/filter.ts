import type { Typed } from "../typed.ts";
import { columnsOf } from "../typed.ts";
import type { ColumnFacts, Estimate } from "./facts.ts";
import { axisOf, constantFacts, isComplete, keyOf, thin, weakest } from "./facts.ts";
import { compare, conjunctsOf, mirrored, shareOf, tests } from "./selectivity.ts";
import type { Lookup } from "./values.ts";
import { constantOf, factsOf, isConstant, unwrap } from "./values.ts";

type Call = Extract<Typed, { op: "call" }>;
type Column = Extract<Typed, { op: "column" }>;
interface Refined {
  readonly name: string;
  readonly facts: ColumnFacts;
}

function rescale(facts: ColumnFacts, share: number, keep: (key: string) => boolean): ReadonlyMap<string, number> {
  return new Map([...facts.top].flatMap(([key, part]) => (keep(key) && share > 0 ? [[key, Math.min(1, part / share)]] : [])));
}

function clip(operator: string, column: Column, constant: string, facts: ColumnFacts, share: number): ColumnFacts {
  const axis = axisOf(constant, column.type);
  const key = keyOf(constant, column.type);
  const test = tests[operator];
  const top = rescale(facts, share, (other) => test?.(compare(other, key, axis !== undefined)) === true);
  const distinct = isComplete(facts) ? top.size : facts.distinct * Math.min(1, share / Math.max(1 - facts.nulls, Number.MIN_VALUE));
  if (axis === undefined) return { ...constantFacts(), distinct, isExact: false, top };
  const isUpper = operator.startsWith("<");
  const low = isUpper ? facts.low : Math.max(facts.low ?? axis, axis);
  const high = isUpper ? Math.min(facts.high ?? axis, axis) : facts.high;
  const bins = facts.bins.flatMap((bin) => {
    const from = isUpper ? bin.low : Math.max(bin.low, axis);
    const to = isUpper ? Math.min(bin.high, axis) : bin.high;
    if (to < from || (to === from && bin.high > bin.low)) return [];
    return [{ low: from, high: to, share: (bin.share * (bin.high > bin.low ? (to - from) / (bin.high - bin.low) : 1)) / Math.max(share, Number.MIN_VALUE) }];
  });
  return { distinct, isExact: false, nulls: 0, top, bins, ...(low !== undefined && { low }), ...(high !== undefined && { high }) };
}

function keepKeys(column: Column, facts: ColumnFacts, items: readonly Typed[], share: number): ColumnFacts {
  const keys = new Set(items.map(constantOf).flatMap((text) => (text === undefined ? [] : [keyOf(text, column.type)])));
  return { ...constantFacts(), distinct: Math.min(facts.distinct, items.length), isExact: false, top: rescale(facts, share, (key) => keys.has(key)) };
}

const columnOf = (value: Typed | undefined): Column | undefined => {
  const bare = value && unwrap(value);
  return bare?.op === "column" ? bare : undefined;
};

/** The test with its column first: `3 < x` as `x > 3`. */
function columnFirst(test: Call): Call | undefined {
  const [one, other] = test.args;
  if (columnOf(one)) return test;
  const name = mirrored[test.name] ?? (test.name === "=" ? "=" : undefined);
  return one && other && columnOf(other) && name !== undefined && isConstant(one) ? { ...test, name, args: [other, one] } : undefined;
}

/** What a column holds in the rows that pass a test of it; undefined where the test does not say. */
function passing(test: Call, column: Column, facts: ColumnFacts, share: number): ColumnFacts | undefined {
  const [, other] = test.args;
  const constant = other && constantOf(other);
  switch (test.name) {
    case "is null":
      return { ...constantFacts(), distinct: 0, nulls: 1 };
    case "is not null":
      return { ...facts, nulls: 0, top: rescale(facts, share, () => true), bins: facts.bins.map((bin) => ({ ...bin, share: bin.share / share })) };
    case "in":
      return keepKeys(column, facts, test.args.slice(1), share);
    case "=":
      return other && isConstant(other) ? keepKeys(column, facts, [other], share) : undefined;
    default:
      return test.name in tests && constant !== undefined ? clip(test.name, column, constant, facts, share) : undefined;
  }
}

function refine(given: Typed, share: number, lookup: Lookup): Refined | undefined {
  const test = given.op === "call" ? columnFirst(given) : undefined;
  const column = columnOf(test?.args[0]);
  const facts = column && factsOf(column, lookup);
  const found = test && facts && share > 0 ? passing(test, column, facts, share) : undefined;
  return column && found && { name: column.name, facts: found };
}

/** `x between a and b` as the two comparisons it stands for. */
function parts(predicate: Typed): readonly Typed[] {
  return conjunctsOf(predicate).flatMap((test) => {
    const [value, low, high] = test.op === "call" && test.name === "between" ? test.args : [];
    if (test.op !== "call" || !value || !low || !high || !columnOf(value)) return [test];
    return [
      { ...test, name: ">=", args: [value, low] },
      { ...test, name: "<=", args: [value, high] },
    ];
  });
}

/** The rows that pass a predicate, and what their columns then hold: one test after the other, so that two bounds of one column agree. */
export function applyFilter(input: Estimate, predicate: Typed): Estimate {
  let current = input;
  for (const test of parts(predicate)) {
    const { columns } = current;
    const lookup: Lookup = (_, name) => columns.get(name);
    const { share, basis } = shareOf(test, lookup);
    const rows = current.rows * share;
    const refined = refine(test, share, lookup);
    const read = new Set(columnsOf(test).map(({ name }) => name));
    const entries = [...columns].map(([name, facts]): [string, ColumnFacts] => {
      if (refined?.name === name) return [name, { ...refined.facts, distinct: Math.min(refined.facts.distinct, rows) }];
      // A frequent value of a column that the test reads in another way may be frequent no more.
      const known = read.has(name) ? { ...facts, top: new Map<string, number>(), bins: [] } : facts;
      return [name, thin(known, current.rows, rows)];
    });
    current = { rows, basis: weakest(current.basis, basis), columns: new Map(entries) };
  }
  return current;
}
