import type { Side, Typed } from "../typed.ts";
import { columnsOf, isRandom } from "../typed.ts";
import type { ColumnFacts } from "./facts.ts";
import { constantFacts, keyOf } from "./facts.ts";

/** Finds what is known of a column. */
export type Lookup = (side: Side, name: string) => ColumnFacts | undefined;

/** What stands below widenings that nobody wrote. */
export function unwrap(value: Typed): Typed {
  return value.op === "convert" ? unwrap(value.arg) : value;
}

/** The text of a value that is the same for every row and known now. */
export function constantOf(value: Typed): string | undefined {
  const bare = unwrap(value);
  if (bare.op === "literal") return bare.value ?? undefined;
  if (bare.op !== "call" || bare.name !== "negate") return undefined;
  const inner = bare.args[0] && constantOf(bare.args[0]);
  return inner === undefined ? undefined : inner.startsWith("-") ? inner.slice(1) : `-${inner}`;
}

/** Whether it is the same for every row, known now or not. */
export const isConstant = (value: Typed): boolean => columnsOf(value).length === 0 && !isRandom(value);

const day = 86_400;
/** Values that a part of a date can have. */
const partSizes: Readonly<Record<string, number>> = {
  quarter: 4,
  month: 12,
  monthname: 12,
  week: 53,
  day: 31,
  doy: 366,
  dow: 7,
  isodow: 7,
  weekday: 7,
  dayname: 7,
  hour: 24,
  minute: 60,
  second: 60,
};
const grains: Readonly<Record<string, number>> = {
  year: 365.25 * day,
  isoyear: 365.25 * day,
  quarter: 91.3125 * day,
  month: 30.4375 * day,
  week: 7 * day,
  day,
  hour: 3_600,
  minute: 60,
  second: 1,
};

const spanOf = (facts: ColumnFacts, grain: number): number =>
  facts.low === undefined || facts.high === undefined ? Number.POSITIVE_INFINITY : Math.floor((facts.high - facts.low) / grain) + 1;

/** Part or grain that a call takes from a point in time: `month(x)`, `extract(month from x)`, `date_trunc('month', x)`. */
function readPart(call: Extract<Typed, { op: "call" }>): { part: string; of: Typed; isTruncated: boolean } | undefined {
  const [first, second] = call.args;
  if (call.name === "date_trunc") {
    const part = first && constantOf(first);
    return part !== undefined && second ? { part, of: second, isTruncated: true } : undefined;
  }
  const part = call.name === "extract" ? /date_part\('(\w+)'/.exec(call.template)?.[1] : call.name;
  return first && part !== undefined && (part in partSizes || part === "year") ? { part, of: first, isTruncated: false } : undefined;
}

function partFacts(call: Extract<Typed, { op: "call" }>, lookup: Lookup): ColumnFacts | undefined {
  const read = readPart(call);
  const facts = read && factsOf(read.of, lookup);
  if (!read || !facts) return undefined;
  const span = spanOf(facts, grains[read.part] ?? Number.POSITIVE_INFINITY);
  const size = read.isTruncated ? span : Math.min(span, partSizes[read.part] ?? Number.POSITIVE_INFINITY);
  return { ...constantFacts(), distinct: Math.max(1, Math.min(facts.distinct, size)), isExact: false, nulls: facts.nulls };
}

/** What is known of an expression's values; undefined where nothing is. */
export function factsOf(value: Typed, lookup: Lookup): ColumnFacts | undefined {
  const bare = unwrap(value);
  if (bare.op === "column") return lookup(bare.side, bare.name);
  if (bare.op === "cast") {
    const inner = factsOf(bare.arg, lookup);
    return inner && { ...constantFacts(), distinct: inner.distinct, isExact: false, nulls: inner.nulls };
  }
  const constant = constantOf(bare);
  if (constant !== undefined) return constantFacts(keyOf(constant, bare.type));
  if (isConstant(bare)) return constantFacts();
  if (bare.op !== "call" || isRandom(bare)) return undefined;
  const part = partFacts(bare, lookup);
  if (part) return part;
  // A function of columns has no more values than its arguments have together.
  const known = columnsOf(bare).map(({ side, name }) => lookup(side, name));
  if (known.some((facts) => facts === undefined)) return undefined;
  const distinct = known.reduce((product, facts) => product * Math.max(1, facts?.distinct ?? 1), 1);
  const filled = known.reduce((share, facts) => share * (1 - (facts?.nulls ?? 0)), 1);
  return { ...constantFacts(), distinct, isExact: false, nulls: 1 - filled };
}
