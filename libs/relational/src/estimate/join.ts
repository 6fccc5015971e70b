import type { JoinType, Relation } from "../plan/relation.ts";
import type { Typed } from "../typed.ts";
import { columnsOf } from "../typed.ts";
import type { ColumnFacts, Estimate, EstimateBasis } from "./facts.ts";
import { isComplete, thin, weakest } from "./facts.ts";
import { conjunctsOf, shareOf } from "./selectivity.ts";
import type { Lookup } from "./values.ts";
import { factsOf, unwrap } from "./values.ts";

type Join = Extract<Relation, { kind: "join" }>;

/** Two values that must be equal, one of each side. */
interface Pair {
  readonly left: Typed;
  readonly right: Typed;
}

/** How rows of the sides meet, before the type of the join is looked at. */
interface Matching {
  /** Pairs of rows that match. */
  readonly rows: number;
  /** Share of each side's rows that have a partner. */
  readonly leftShare: number;
  readonly rightShare: number;
  readonly basis: EstimateBasis;
}

/** More than one row per value on both sides of a join. */
export interface FanOut {
  /** Names of the values that are compared; empty where no two are asked to be equal. */
  readonly keys: readonly string[];
  readonly leftRows: number;
  readonly rightRows: number;
  /** Rows that share a value on average; all of them where nothing must be equal. */
  readonly leftPerValue: number;
  readonly rightPerValue: number;
  readonly rows: number;
}

const sideOf = (value: Typed): "left" | "right" | undefined => {
  const sides = new Set(columnsOf(value).map(({ side }) => side));
  const [side] = sides;
  return sides.size === 1 && side !== "input" ? side : undefined;
};

function readPair(test: Typed): Pair | undefined {
  const [one, other] = test.op === "call" && test.name === "=" ? test.args : [];
  if (!one || !other) return undefined;
  if (sideOf(one) === "left" && sideOf(other) === "right") return { left: one, right: other };
  return sideOf(one) === "right" && sideOf(other) === "left" ? { left: other, right: one } : undefined;
}

/** Splits a condition into equalities between the sides and what else must hold. */
function readCondition(join: Join): { pairs: Pair[]; rest: Typed[] } {
  const tests = join.condition ? conjunctsOf(join.condition) : [];
  const pairs = tests.flatMap((test) => readPair(test) ?? []);
  return { pairs, rest: tests.filter((test) => !readPair(test)) };
}

const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0);

/** Share of all pairs of rows whose values are equal: frequent values meet as counted, the others evenly. */
function equalShare(left: ColumnFacts, right: ColumnFacts): number {
  const shared = [...left.top].filter(([key]) => right.top.has(key));
  const met = sum(shared.map(([key, share]) => share * (right.top.get(key) ?? 0)));
  const side = (own: ColumnFacts, other: ColumnFacts): number => {
    const ownRest = Math.max(0, 1 - own.nulls - sum(own.top.values()));
    const otherRest = Math.max(0, 1 - other.nulls - sum(other.top.values()));
    const ownAlone = sum([...own.top].filter(([key]) => !other.top.has(key)).map(([, share]) => share));
    const otherAlone = sum([...other.top].filter(([key]) => !own.top.has(key)).map(([, share]) => share));
    const rarer = other.distinct - other.top.size;
    const unmatched = other.distinct - shared.length;
    return met + (rarer >= 1 ? (ownAlone * otherRest) / rarer : 0) + (unmatched >= 1 ? (ownRest * (otherRest + otherAlone)) / unmatched : 0);
  };
  return Math.min(side(left, right), side(right, left));
}

/** Share of one side's rows whose value the other side has, if the smaller set of values lies in the larger. */
function partnered(own: ColumnFacts, other: ColumnFacts): number {
  if (isComplete(own) && isComplete(other)) return sum([...own.top].filter(([key]) => other.top.has(key)).map(([, share]) => share));
  return (1 - own.nulls) * Math.min(1, own.distinct > 0 ? other.distinct / own.distinct : 0);
}

/** Several values as one: no more combinations than rows. */
function together(facts: readonly ColumnFacts[], rows: number): ColumnFacts {
  const [only] = facts;
  if (facts.length === 1 && only) return only;
  const product = facts.reduce((total, { distinct }) => total * Math.max(1, distinct), 1);
  const filled = facts.reduce((share, { nulls }) => share * (1 - nulls), 1);
  return { distinct: Math.min(product, rows * filled), isExact: false, nulls: 1 - filled, top: new Map(), bins: [] };
}

interface Keys {
  readonly left: ColumnFacts;
  readonly right: ColumnFacts;
}

const lookupOf =
  (left: Estimate, right: Estimate): Lookup =>
  (side, name) =>
    (side === "right" ? right : left).columns.get(name);

function readKeys(pairs: readonly Pair[], left: Estimate, right: Estimate): Keys | undefined {
  const lookup = lookupOf(left, right);
  const of = (side: "left" | "right"): (ColumnFacts | undefined)[] => pairs.map((pair) => factsOf(pair[side], lookup));
  const [ours, theirs] = [of("left"), of("right")];
  if (pairs.length === 0 || [...ours, ...theirs].includes(undefined)) return undefined;
  const known = (facts: readonly (ColumnFacts | undefined)[]): ColumnFacts[] => facts.filter((each) => each !== undefined);
  return { left: together(known(ours), left.rows), right: together(known(theirs), right.rows) };
}

function match(join: Join, left: Estimate, right: Estimate): Matching | undefined {
  const { pairs, rest } = readCondition(join);
  const keys = readKeys(pairs, left, right);
  if (pairs.length > 0 && !keys) return undefined;
  const others = rest.map((test) => shareOf(test, lookupOf(left, right)));
  const passing = others.reduce((share, each) => share * each.share, 1);
  const pairsOfRows = left.rows * right.rows * (keys ? equalShare(keys.left, keys.right) : 1);
  // A row has a partner unless each of its candidates is refused.
  const survive = (share: number, candidates: number): number => share * (1 - (1 - passing) ** Math.max(1, candidates));
  const leftShare = keys ? partnered(keys.left, keys.right) : right.rows > 0 ? 1 : 0;
  const rightShare = keys ? partnered(keys.right, keys.left) : left.rows > 0 ? 1 : 0;
  return {
    rows: pairsOfRows * passing,
    leftShare: survive(leftShare, pairsOfRows / Math.max(1, left.rows * leftShare)),
    rightShare: survive(rightShare, pairsOfRows / Math.max(1, right.rows * rightShare)),
    basis: weakest("profile", left.basis, right.basis, ...others.map(({ basis }) => basis)),
  };
}

const counts: Readonly<Record<JoinType, (met: Matching, left: number, right: number) => number>> = {
  cross: (_, left, right) => left * right,
  inner: ({ rows }) => rows,
  left: ({ rows, leftShare }, left) => rows + left * (1 - leftShare),
  right: ({ rows, rightShare }, _, right) => rows + right * (1 - rightShare),
  full: ({ rows, leftShare, rightShare }, left, right) => rows + left * (1 - leftShare) + right * (1 - rightShare),
  semi: ({ leftShare }, left) => left * leftShare,
  anti: ({ leftShare }, left) => left * (1 - leftShare),
};

const opensRight: ReadonlySet<JoinType> = new Set(["left", "full"]);
const opensLeft: ReadonlySet<JoinType> = new Set(["right", "full"]);

/** A side's column in the result: repeated by its partners, thinned where there are none, null where the other side stands alone. */
function carry(facts: ColumnFacts, side: Estimate, rows: number, met: Matching, isOpened: boolean, kept: number): ColumnFacts {
  const present = isOpened && rows > 0 ? Math.min(1, met.rows / rows) : 1;
  const thinned = thin(facts, side.rows, Math.min(side.rows, Math.max(1, kept)));
  const scaled = (share: number): number => share * present;
  return {
    ...thinned,
    isExact: false,
    distinct: Math.min(thinned.distinct, Math.max(rows, 0)),
    nulls: 1 - (1 - thinned.nulls) * present,
    top: new Map([...thinned.top].map(([key, share]) => [key, scaled(share)])),
    bins: thinned.bins.map((bin) => ({ ...bin, share: scaled(bin.share) })),
  };
}

/** The rows that a join gives; undefined where nothing is known of the values it compares. */
export function estimateJoin(join: Join, left: Estimate, right: Estimate): Estimate | undefined {
  const met = match(join, left, right);
  if (!met) return undefined;
  const rows = counts[join.type](met, left.rows, right.rows);
  const { pairs } = readCondition(join);
  const lookup = lookupOf(left, right);
  // The values of a key that come out are those that both sides have.
  const keyDistinct = (value: Typed): number =>
    Math.min(
      ...pairs
        .filter((pair) => [pair.left, pair.right].some((side) => sameColumn(unwrap(side), value)))
        .map((pair) =>
          Math.min(factsOf(pair.left, lookup)?.distinct ?? Number.POSITIVE_INFINITY, factsOf(pair.right, lookup)?.distinct ?? Number.POSITIVE_INFINITY),
        ),
    );
  const isInner = join.type === "inner" || join.type === "semi";
  const columns = new Map<string, ColumnFacts>();
  for (const { name, value } of join.items) {
    const bare = unwrap(value);
    const side = sideOf(bare);
    const facts = factsOf(bare, lookup);
    if (!facts || side === undefined) continue;
    const [own, isOpened, share] = side === "left" ? [left, opensLeft.has(join.type), met.leftShare] : [right, opensRight.has(join.type), met.rightShare];
    const kept = isInner ? own.rows * share : join.type === "anti" ? own.rows * (1 - share) : own.rows;
    const carried = carry(facts, own, rows, met, isOpened, kept);
    columns.set(name, isInner ? { ...carried, distinct: Math.min(carried.distinct, keyDistinct(bare)) } : carried);
  }
  return { rows, basis: weakest(met.basis, left.basis, right.basis), columns };
}

const sameColumn = (one: Typed, other: Typed): boolean => one.op === "column" && other.op === "column" && one.side === other.side && one.name === other.name;

/** Values above one per row that an estimated count of distinct values may be off by. */
const tolerance = 1.1;

const repeats = (facts: ColumnFacts, rows: number): boolean => rows * (1 - facts.nulls) > Math.max(1, facts.distinct) * (facts.isExact ? 1 : tolerance);

const nameOf = (value: Typed): string =>
  columnsOf(value)
    .map(({ name }) => name)
    .join(", ");

/** Whether a row of either side may meet several of the other, and what comes of it; undefined where not, or where nothing is known. */
export function fanOutOf(join: Join, left: Estimate, right: Estimate): FanOut | undefined {
  if (join.type === "semi" || join.type === "anti") return undefined;
  const { pairs } = readCondition(join);
  const keys = readKeys(pairs, left, right);
  const met = match(join, left, right);
  if (!met || (keys ? !repeats(keys.left, left.rows) || !repeats(keys.right, right.rows) : left.rows <= 1 || right.rows <= 1)) return undefined;
  const perValue = (facts: ColumnFacts | undefined, rows: number): number => (facts ? (rows * (1 - facts.nulls)) / Math.max(1, facts.distinct) : rows);
  return {
    keys: pairs.map((pair) => [...new Set([nameOf(pair.left), nameOf(pair.right)])].join(" = ")),
    leftRows: left.rows,
    rightRows: right.rows,
    leftPerValue: perValue(keys?.left, left.rows),
    rightPerValue: perValue(keys?.right, right.rows),
    rows: counts[join.type](met, left.rows, right.rows),
  };
}
