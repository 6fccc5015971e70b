import type { Step, Operator } from "@rivergen/contracts";
import type { Hop, Path } from "../catalog/join-graph.ts";
import type { Catalog } from "../catalog/compile-catalog.ts";
import { quoteName, snake } from "./expressions.ts";
import type { Expression, Origin, Ref } from "./types.ts";

/** The document while it is written. */
export interface Writing {
  readonly catalog: Catalog;
  readonly sources: Record<string, { dataset: string }>;
  readonly steps: Record<string, Step>;
  readonly spans: { readonly origin: Origin; readonly pointer: string }[];
}

/** A step, or source, with the names under which it holds columns. */
export interface Relation {
  readonly step: string;
  readonly name: (ref: Ref) => string;
  /** Whether joins may repeat rows of the first table. */
  readonly fans: boolean;
}

const pathKey = (path: Path): string => path.map((hop) => `${hop.from}.${hop.role}>${hop.to}`).join(" ");
const refKey = (ref: Ref): string => `${pathKey(ref.path)}|${ref.column}`;

/** The referenced side of a key is the referencing column itself: no join is needed for it. */
export const nearest = (ref: Ref): Ref => {
  const last = ref.path.at(-1);
  return last !== undefined && last.toColumn === ref.column && last.forward
    ? nearest({ table: last.from, column: last.fromColumn, path: ref.path.slice(0, -1) })
    : ref;
};

const addSource = (writing: Writing, table: string): string => {
  const name = snake(table);
  writing.sources[name] = { dataset: table };
  return name;
};

/** Adds a step under a free name and gives it; `do` lists of one operator are written directly. */
export const addStep = (writing: Writing, wanted: string, from: string, operators: readonly Operator[]): string => {
  let name = wanted;
  for (let at = 2; name in writing.steps || name in writing.sources; at++) name = `${wanted}_${at}`;
  writing.steps[name] = operators.length === 1 ? { from, ...operators[0] } : { from, do: [...operators] };
  return name;
};

/** The JSON Pointer of an operator of a step. */
export const pointerTo = (writing: Writing, step: string, at: number, key: string): string => {
  const list = writing.steps[step]?.do;
  return list === undefined ? `/steps/${step}/${key}` : `/steps/${step}/do/${at}/${key}`;
};

interface JoinPlan {
  readonly hop: Hop;
  readonly path: Path;
  readonly columns: Map<string, string>;
}

const prefixesOf = (path: Path): Path[] => path.map((_, at) => path.slice(0, at + 1));

const planJoins = (refs: readonly Ref[], extra: readonly Path[]): Map<string, JoinPlan> => {
  const joins = new Map<string, JoinPlan>();
  for (const path of [...refs.map((ref) => ref.path), ...extra].flatMap(prefixesOf).toSorted((a, b) => a.length - b.length)) {
    if (!joins.has(pathKey(path))) joins.set(pathKey(path), { hop: path.at(-1)!, path, columns: new Map() });
  }
  return joins;
};

/** Chooses a free, readable name for a column of a joined table. */
const joinedName = (taken: Set<string>, ref: Ref): string => {
  const hop = ref.path.at(-1)!;
  const wanted = [ref.column, `${snake(ref.table)}_${snake(ref.column)}`, `${snake(hop.role)}_${snake(ref.table)}_${snake(ref.column)}`];
  const free = wanted.find((name) => !taken.has(name.toLowerCase())) ?? `${wanted[2]}_${taken.size}`;
  taken.add(free.toLowerCase());
  return free;
};

const joinOperator = (writing: Writing, join: JoinPlan, left: string, alias: string): Operator => ({
  join: {
    to: addSource(writing, join.hop.to),
    ...(alias === snake(join.hop.to) ? {} : { as: alias }),
    where: `${quoteName(left)} = ${alias}.${quoteName(join.hop.toColumn)}`,
    type: "inner",
    columns: Object.fromEntries([...join.columns].map(([column, name]) => [name, `${alias}.${quoteName(column)}`])),
  },
});

/** Joins what the references need onto their first table. */
export const joinRelation = (writing: Writing, root: string, given: readonly Ref[], extra: readonly Path[], stepName: string): Relation => {
  const refs = given.map(nearest);
  const joins = planJoins(refs, extra);
  const keys = [...joins.values()].map((join): Ref => nearest({ table: join.hop.from, column: join.hop.fromColumn, path: join.path.slice(0, -1) }));
  const taken = new Set(writing.catalog.tables.get(root)!.columns.map((column) => column.name.toLowerCase()));
  const names = new Map<string, string>();
  for (const ref of [...refs, ...keys]) {
    if (ref.path.length === 0 || names.has(refKey(ref))) continue;
    const name = joinedName(taken, ref);
    names.set(refKey(ref), name);
    joins.get(pathKey(ref.path))!.columns.set(ref.column, name);
  }
  const nameOf = (ref: Ref): string => (nearest(ref).path.length === 0 ? nearest(ref).column : (names.get(refKey(nearest(ref))) ?? ref.column));
  const source = addSource(writing, root);
  if (joins.size === 0) return { step: source, name: nameOf, fans: false };
  const used = new Set<string>([source]);
  const operators = [...joins.values()].map((join, at) => {
    const plain = snake(join.hop.to);
    const alias = used.has(plain) ? `${snake(join.hop.role)}_${plain}` : plain;
    used.add(alias);
    if (join.columns.size === 0) join.columns.set(join.hop.toColumn, joinedName(taken, { table: join.hop.to, column: join.hop.toColumn, path: join.path }));
    return joinOperator(writing, join, nameOf(keys[at]!), alias);
  });
  const step = addStep(writing, stepName, source, operators);
  return { step, name: nameOf, fans: [...joins.values()].some((join) => !join.hop.forward) };
};

/** References seen from a table further along their path. */
export const relocate = (expression: Expression, prefix: Path): Expression => {
  const moved = (ref: Ref): Ref => ({ ...ref, path: ref.path.slice(prefix.length) });
  return { refs: expression.refs.map(moved), print: (name) => expression.print((ref) => name(moved(ref))) };
};
