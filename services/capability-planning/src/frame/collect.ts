import type { ColumnMention, EntityMention, Fragment, Grouping, Measure, Operand, Span } from "../lattice/types.ts";
import type { Parse } from "../grammar/parse.ts";
import type { Absence, Condition, FilterFragment, Having } from "./types.ts";

type Superlative = Extract<Fragment, { type: "superlative" }>;
type Order = Extract<Fragment, { type: "order" }>;
type Group = Extract<Fragment, { type: "group" }>;

/** The fragments of a question sorted by what they do; order and neighbourhood are used here and nowhere later. */
export interface Collected {
  entity: EntityMention | undefined;
  entityAt: number;
  others: EntityMention[];
  select: ColumnMention[];
  measures: (Measure & Span)[];
  groups: { by: readonly Grouping[]; each: boolean; start: number; end: number; target?: true }[];
  conditions: Condition[];
  absences: Absence[];
  having: Having[];
  superlatives: (Superlative & { at: number; nextEntity: "adjacent" | "of" | "none" })[];
  orders: Order[];
  limits: (Span & { count: number })[];
  share: (Span & { percent: boolean }) | undefined;
  change: Extract<Fragment, { type: "change" }> | undefined;
  window: Extract<Fragment, { type: "window" }> | undefined;
  /** The things asked for were named by a value: "comedies with their release date". */
  headValue: boolean;
  distinct: boolean;
  compare: boolean;
  total: Span | undefined;
  average: Span | undefined;
  loose: (Span | ColumnMention)[];
  missing: string[];
  vague: string[];
  skipped: string[];
  cost: number;
}

interface State {
  readonly found: Collected;
  readonly fragments: readonly Fragment[];
  mode: "head" | "rest";
  words: string[];
  or: boolean;
  negation: Fragment | undefined;
  absence: { entity: EntityMention; conditions: Condition[]; start: number; end: number } | undefined;
  ranking: boolean;
  verb: boolean;
  /** The entity said last, which "older than 20" is about. */
  near: EntityMention | undefined;
  both: boolean;
  /** The condition whose average the next conditions narrow. */
  inner: number | undefined;
}

const empty = (): Collected => ({
  entity: undefined,
  entityAt: -1,
  others: [],
  select: [],
  measures: [],
  groups: [],
  conditions: [],
  absences: [],
  having: [],
  superlatives: [],
  orders: [],
  limits: [],
  share: undefined,
  change: undefined,
  window: undefined,
  headValue: false,
  distinct: false,
  compare: false,
  total: undefined,
  average: undefined,
  loose: [],
  missing: [],
  vague: [],
  skipped: [],
  cost: 0,
});

const restMarks = new Set(["with", "where", "have", "who", "whose"]);

const closeScope = (state: State): void => {
  if (state.absence !== undefined) {
    state.found.absences.push(state.absence);
    state.absence = undefined;
  } else if (state.negation !== undefined) state.found.cost += 0.8;
  state.negation = undefined;
};

/** Gives a count or average that was said before its object to the object. */
const bindPending = (state: State, mention: ColumnMention | EntityMention): boolean => {
  const { found } = state;
  const last = found.measures.at(-1);
  if (last?.pending === undefined || (last.fn !== "count" && mention.kind === "entity")) return false;
  const bound = last.fn === "count" ? found.measures.slice(-1) : found.measures.filter((measure) => measure.pending !== undefined);
  found.measures = found.measures.map((measure) =>
    bound.includes(measure) ? { fn: measure.fn, distinct: measure.distinct, start: measure.start, end: mention.end, of: mention } : measure,
  );
  return true;
};

const onMark = (state: State, fragment: Extract<Fragment, { type: "mark" }>): void => {
  const { mark } = fragment;
  const { found } = state;
  markEffects[mark]?.(state, fragment);
  const headed = found.entity !== undefined || found.select.length > 0 || found.measures.length > 0;
  if (restMarks.has(mark) && headed) state.mode = "rest";
  if (verbMarks.has(mark)) state.verb = found.share !== undefined && (found.entity !== undefined || found.conditions.length > 0);
  state.words = [...state.words.slice(-2), mark];
};

const verbMarks = new Set(["be", "have", "who", "from"]);

const markEffects: Readonly<Record<string, (state: State, fragment: Fragment) => void>> = {
  total: (state, fragment) => {
    state.found.total = fragment;
  },
  average: (state, fragment) => {
    state.found.average = fragment;
  },
  compare: (state) => {
    state.found.compare = true;
  },
  versus: (state) => {
    state.found.compare = true;
  },
  both: (state) => {
    state.both = true;
  },
  or: (state) => {
    state.or = true;
  },
  request: (state) => {
    state.mode = "head";
  },
  which: (state, fragment) => {
    if (state.fragments[0] !== fragment && state.found.entity !== undefined) state.mode = "head";
  },
  and: (state) => {
    if (state.absence !== undefined) closeScope(state);
    state.inner = undefined;
  },
};

const onColumn = (state: State, mention: ColumnMention, previous: Fragment | undefined): void => {
  const { found } = state;
  if (state.negation !== undefined) {
    const fragment: FilterFragment = { type: "null", left: mention, isNull: true, start: state.negation.start, end: mention.end, score: 0 };
    found.conditions.push({ fragment, negated: false, words: [], or: state.or, late: state.verb });
    state.negation = undefined;
    return;
  }
  if (state.mode === "head" && bindPending(state, mention)) return;
  if (state.ranking && state.words.some((word) => word === "in" || word === "by")) {
    found.orders.push({ type: "order", start: mention.start, end: mention.end, score: 0, key: mention });
    state.ranking = false;
    return;
  }
  if (isShown(state, previous)) found.select.push(mention);
  else found.loose.push(mention);
};

/** Whether a column said here is one to show: at the head, in a list, or when nothing else was said yet. */
const isShown = (state: State, previous: Fragment | undefined): boolean => {
  const { found } = state;
  if (previous?.type === "skip" && found.measures.length > 0 && !/^(what|which|how)$/.test(previous.word)) return false;
  return state.mode === "head" || (found.select.length === 0 && found.measures.length === 0 && found.entity === undefined);
};

const onEntity = (state: State, mention: EntityMention, at: number): void => {
  const { found } = state;
  if (state.absence?.entity === mention || opensInner(state, at)) return;
  const bound = state.negation === undefined && found.entity === undefined && bindPending(state, mention);
  if (state.negation !== undefined) {
    state.absence = { entity: mention, conditions: [], start: state.negation.start, end: mention.end };
    state.negation = undefined;
  } else if (bound || (found.entity === undefined && !(state.mode === "rest" && found.select.length > 0))) {
    found.entity = mention;
    found.entityAt = at;
  } else found.others.push(mention);
};

/** "heavier than the average car": what follows describes the cars that are averaged. */
const opensInner = (state: State, at: number): boolean => {
  const before = state.fragments[at - 1];
  const averaged = before?.type === "compare" && before.right.kind === "aggregate" && before.right.of === undefined && state.found.conditions.length > 0;
  if (averaged) state.inner = state.found.conditions.length - 1;
  return averaged;
};

/** "not have a cat pet": the condition describes the things that must not be there. */
const opensAbsence = (state: State, fragment: FilterFragment): boolean => {
  const next = state.fragments[state.fragments.indexOf(fragment as Fragment) + 1];
  if (state.negation === undefined || next?.type !== "entity" || (state.found.entity === undefined && state.found.select.length === 0)) return false;
  state.absence = { entity: next.mention, conditions: [], start: state.negation.start, end: next.end };
  state.negation = undefined;
  return true;
};

/** "comedies with their release date", "which western has the highest gross": the things asked for are named by their value. */
const isHeadValue = ({ found, fragments }: State, fragment: FilterFragment): boolean => {
  const at = fragments.indexOf(fragment as Fragment);
  const [before, next] = [fragments[at - 1], fragments[at + 1]];
  if (fragment.type !== "value" || found.entity !== undefined || found.select.length + found.conditions.length > 0 || next?.type !== "mark") return false;
  return next.mark === "with" || (before?.type === "mark" && before.mark === "which" && /^(have|be|do)$/.test(next.mark));
};

const onCondition = (state: State, fragment: FilterFragment): void => {
  const { found } = state;
  if (isHeadValue(state, fragment)) found.headValue = true;
  opensAbsence(state, fragment);
  const condition: Condition = {
    fragment,
    negated: state.negation !== undefined,
    words: state.words,
    or: state.or,
    late: state.verb,
    near: state.near,
    both: state.both,
  };
  state.or = false;
  if (state.absence !== undefined) {
    state.absence.conditions.push({ ...condition, negated: false });
    state.absence.end = fragment.end;
    return;
  }
  state.negation = undefined;
  const outer = state.inner === undefined ? undefined : state.found.conditions[state.inner];
  if (outer !== undefined) state.found.conditions[state.inner!] = { ...outer, inner: [...(outer.inner ?? []), condition] };
  else state.found.conditions.push(condition);
};

const counts = (operand: Operand): boolean => operand.kind === "measure" || operand.kind === "entity";

const onCompare = (state: State, fragment: Extract<Fragment, { type: "compare" }>, previous: Fragment | undefined): void => {
  const { found } = state;
  if (fragment.left !== undefined && counts(fragment.left)) {
    const negated = state.negation !== undefined;
    state.negation = undefined;
    found.having.push({
      start: fragment.start,
      end: fragment.end,
      operand: fragment.left,
      fragment: negated ? { ...fragment, op: opposite[fragment.op] } : fragment,
    });
    return;
  }
  if (fragment.left !== undefined) return onCondition(state, fragment);
  const column = previous?.type === "column" ? previous.mention : undefined;
  if (column !== undefined) {
    found.select = found.select.filter((mention) => mention !== column);
    found.loose = found.loose.filter((mention) => mention !== column);
    return onCondition(state, { ...fragment, left: column, start: column.start });
  }
  const last = found.measures.at(-1);
  if (last === undefined) {
    found.cost += 1.5;
    found.loose.push({ start: fragment.start, end: fragment.end });
    return;
  }
  found.having.push({ start: fragment.start, end: fragment.end, operand: { kind: "measure", measure: last }, fragment, bare: true });
};
const opposite = { "=": "<>", "<>": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<" } as const;

/** What follows a superlative: "highest capacity stadium" (adjacent) or "highest capacity of stadiums" (of). */
const entityAfter = (fragments: readonly Fragment[], at: number): "adjacent" | "of" | "none" => {
  if (fragments[at + 1]?.type === "entity") return "adjacent";
  const next = fragments.slice(at + 1, at + 5).findIndex((fragment) => fragment.type === "entity" || (fragment.type === "column" && false));
  return next < 0 ? "none" : "of";
};

const onSuperlative = (state: State, fragment: Superlative, at: number): void => {
  state.found.superlatives.push({ ...fragment, at, nextEntity: entityAfter(state.fragments, at) });
  state.negation = undefined;
};

/** "which model has the minimum horsepower": the row with it is meant, not the number. */
const isExtreme = (state: State, fragment: Extract<Fragment, { type: "measure" }>): boolean => {
  const [measure] = fragment.measures;
  const { found } = state;
  const wanted = state.mode === "rest" && (found.entity !== undefined || found.select.length > 0) && found.measures.length === 0;
  if (!wanted || fragment.measures.length !== 1 || (measure!.fn !== "max" && measure!.fn !== "min") || measure!.of?.kind !== "column") return false;
  found.superlatives.push({
    type: "superlative",
    start: fragment.start,
    end: fragment.end,
    score: fragment.score,
    sign: measure!.fn === "max" ? 1 : -1,
    key: measure!.of,
    at: state.fragments.indexOf(fragment as Fragment),
    nextEntity: "none",
  });
  return true;
};

type Handlers = {
  readonly [K in Fragment["type"]]: (state: State, fragment: Extract<Fragment, { type: K }>, at: number, previous: Fragment | undefined) => void;
};

const handlers: Handlers = {
  mark: onMark,
  skip: (state, fragment) => {
    state.found.skipped.push(fragment.word);
    state.words = [...state.words.slice(-2), fragment.word];
    if (fragment.word === "but") closeScope(state);
  },
  column: (state, fragment, _, previous) => onColumn(state, fragment.mention, previous),
  entity: (state, fragment, at) => {
    onEntity(state, fragment.mention, at);
    state.near = fragment.mention;
  },
  value: onCondition,
  text: onCondition,
  null: onCondition,
  period: onCondition,
  compare: (state, fragment, _, previous) => onCompare(state, fragment, previous),
  measure: (state, fragment) => {
    if (isExtreme(state, fragment)) return;
    state.found.measures.push(...fragment.measures.map((measure) => ({ ...measure, start: fragment.start, end: fragment.end })));
    state.negation = undefined;
    const of = fragment.measures.at(-1)?.of;
    if (of?.kind === "entity") state.near = of;
  },
  superlative: onSuperlative,
  order: (state, fragment) => {
    if (fragment.key === undefined && fragment.sign === undefined && fragment.quality === undefined) state.ranking = true;
    state.found.orders.push(fragment);
  },
  limit: (state, fragment) => void state.found.limits.push(fragment),
  group: (state, fragment: Group) => {
    if (fragment.target === true && state.found.measures.at(-1)?.pending !== undefined) state.found.cost += 1.5;
    state.found.groups.push(fragment);
  },
  share: (state, fragment) => {
    state.found.share ??= fragment;
  },
  change: (state, fragment) => {
    const known = state.found.change;
    state.found.change =
      known === undefined
        ? fragment
        : { ...known, relative: known.relative || fragment.relative, ...(fragment.grain === undefined ? {} : { grain: fragment.grain }) };
  },
  window: (state, fragment) => {
    state.found.window = fragment;
  },
  distinct: (state) => {
    state.found.distinct = true;
  },
  negation: (state, fragment) => {
    closeScope(state);
    state.negation = fragment;
  },
  vague: (state, fragment) => void state.found.vague.push(fragment.word),
  missing: (state, fragment) => void state.found.missing.push(fragment.word),
};

/** A count whose object was said before it ("cars heavier than …, count") counts the head; an average without object is lost. */
const settlePending = (found: Collected): void => {
  found.measures = found.measures.flatMap((measure) => {
    if (measure.pending === undefined) return [measure];
    if (measure.fn === "count")
      return [{ fn: "count" as const, distinct: false, start: measure.start, end: measure.end, ...(found.entity === undefined ? {} : { of: found.entity }) }];
    found.cost += 1;
    found.loose.push({ start: measure.start, end: measure.end });
    return [];
  });
};

/** Sorts the fragments of a parse by their part in the question. */
export const collect = (parse: Parse): Collected => {
  const state: State = {
    found: empty(),
    fragments: parse.fragments,
    mode: "head",
    words: [],
    or: false,
    negation: undefined,
    absence: undefined,
    ranking: false,
    verb: false,
    inner: undefined,
    near: undefined,
    both: false,
  };
  parse.fragments.forEach((fragment, at) => {
    const handle = handlers[fragment.type] as (state: State, fragment: Fragment, at: number, previous: Fragment | undefined) => void;
    handle(state, fragment, at, parse.fragments[at - 1]);
    if (fragment.type !== "mark" && fragment.type !== "skip") state.words = [];
  });
  closeScope(state);
  settlePending(state.found);
  return state.found;
};
