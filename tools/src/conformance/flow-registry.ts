import { AppError } from "@rivergen/contracts";
import { createChannel } from "@rivergen/flow";
import type { Channel, ConditionEntry, EntryKind, ErrorHandlerEntry, PredicateEntry, ProcessorEntry, ReducerEntry, Registry } from "@rivergen/flow";
import { andThen, systemClock } from "@rivergen/pipeline";
import type { Context, MaybePromise } from "@rivergen/pipeline";
import type { Json } from "./compare.ts";

/** What the cases of this suite work on. */
export interface Item {
  readonly value: number;
  readonly tags: readonly string[];
}

/** What the registered functions of a case have seen. */
export interface Observations {
  /** By processor or handler; `x#finished` and `x#cancelled` for sleeps. */
  readonly calls: Record<string, number>;
  readonly handled: Json[];
  readonly channels: Map<string, Channel<unknown>>;
  /** Ids of pipelines that a binding runs. */
  readonly bound: Set<string>;
  sleeping: number;
  highWater: number;
}

export function createObservations(): Observations {
  return { calls: {}, handled: [], channels: new Map(), bound: new Set(), sleeping: 0, highWater: 0 };
}

/** An operation as a case writes it. */
export type Operation = Json & { readonly op: string };

type Work = (item: Item, context: Context) => MaybePromise<Item>;

interface Making {
  readonly seen: Observations;
  /** Of the processor that the operation belongs to. */
  readonly name: string;
}

const count = (seen: Observations, name: string): number => (seen.calls[name] = (seen.calls[name] ?? 0) + 1);
const failed = (message: unknown): AppError => new AppError("STEP_FAILED", { detail: String(message) });
const changed = (change: (value: number, operand: number) => number) => (operation: Operation) => (item: Item) => ({
  ...item,
  value: change(item.value, Number(operation["value"])),
});

async function sleep(operation: Operation, { seen, name }: Making, item: Item, context: Context): Promise<Item> {
  seen.sleeping += 1;
  seen.highWater = Math.max(seen.highWater, seen.sleeping);
  try {
    await systemClock.sleep(Number(operation["ms"]), operation["ignoreCancel"] === true ? undefined : context.signal);
    count(seen, `${name}#finished`);
  } catch (error) {
    count(seen, `${name}#cancelled`);
    throw error;
  } finally {
    seen.sleeping -= 1;
  }
  return item;
}

const processors: Readonly<Record<string, (operation: Operation, making: Making) => Work>> = {
  add: changed((value, operand) => value + operand),
  multiply: changed((value, operand) => value * operand),
  set: changed((_, operand) => operand),
  negate: () => (item) => ({ ...item, value: -item.value }),
  identity: () => (item) => item,
  "append-tag": (operation) => (item) => ({ ...item, tags: [...item.tags, String(operation["tag"])] }),
  "mutate-tag": (operation) => (item) => {
    (item.tags as string[])[0] = String(operation["tag"]);
    return item;
  },
  fail: (operation) => () => {
    throw failed(operation["message"]);
  },
  "fail-times": (operation, making) => {
    const then = work(operation["then"], making);
    return (item, context) => {
      if ((making.seen.calls[making.name] ?? 0) <= Number(operation["times"])) throw failed(operation["message"]);
      return then(item, context);
    };
  },
  "fail-numbered":
    (operation, { seen, name }) =>
    () => {
      throw failed(`${String(operation["message"])} ${seen.calls[name]}`);
    },
  "fail-when": (operation, making) => {
    const test = predicate(operation["when"] as Operation);
    const then = work(operation["then"], making);
    return (item, context) => {
      if (test(item)) throw failed(operation["message"]);
      return then(item, context);
    };
  },
  sleep: (operation, making) => {
    const then = work(operation["then"], making);
    return async (item, context) => await then(await sleep(operation, making, item, context), context);
  },
  panic: (operation) => () => {
    throw new Error(String(operation["message"]));
  },
  // Ours gives every run an id; the originals only gave one to runs of a binding.
  "execution-id":
    (_, { seen }) =>
    (item, context) => ({ ...item, tags: [...item.tags, context.executionId && seen.bound.has(context.pipelineId) ? "has-execution-id" : "no-execution-id"] }),
};

function work(operation: unknown, making: Making): Work {
  const { op } = (operation ?? { op: "identity" }) as Operation;
  const make = processors[op];
  if (!make) throw new Error(`no processor does "${op}"`);
  return make(operation as Operation, making);
}

function predicate(operation: Operation): (item: Item) => boolean {
  const operand = Number(operation["value"]);
  const tests: Readonly<Record<string, (item: Item) => boolean>> = {
    gt: ({ value }) => value > operand,
    lt: ({ value }) => value < operand,
    even: ({ value }) => value % 2 === 0,
    "has-tag": ({ tags }) => tags.includes(String(operation["tag"])),
    always: () => true,
    never: () => false,
    panic: () => {
      throw new Error(String(operation["message"]));
    },
  };
  const test = tests[operation.op];
  if (!test) throw new Error(`no predicate asks "${operation.op}"`);
  return test;
}

function condition(operation: Operation): (item: Item) => string {
  const { bounds = [], keys = [] } = operation as { readonly bounds?: readonly number[]; readonly keys?: readonly string[] };
  const choices: Readonly<Record<string, (item: Item) => string>> = {
    constant: () => String(operation["key"]),
    sign: ({ value }) => (value > 0 ? "positive" : value < 0 ? "negative" : "zero"),
    "first-tag": ({ tags }) => tags[0] ?? String(operation["key"]),
    bucket: ({ value }) => keys[bounds.findIndex((bound) => value < bound)] ?? keys.at(-1) ?? "",
    panic: () => {
      throw new Error(String(operation["message"]));
    },
  };
  const choose = choices[operation.op];
  if (!choose) throw new Error(`no condition chooses by "${operation.op}"`);
  return choose;
}

type Outcomes = Parameters<ReducerEntry["reduce"]>[1];

function reducer({ op }: Operation): (input: Item, outcomes: Outcomes) => Item {
  const values = (outcomes: Outcomes) => outcomes.flatMap((outcome) => (outcome.ok ? [(outcome.value as Item).value] : []));
  const names = (outcomes: Outcomes, ok: boolean) => outcomes.filter((outcome) => outcome.ok === ok).map(({ name }) => `${ok ? "ok" : "err"}:${name}`);
  const reducers: Readonly<Record<string, (input: Item, outcomes: Outcomes) => Item>> = {
    "sum-results": (input, outcomes) => ({ ...input, value: values(outcomes).reduce((sum, value) => sum + value, 0) }),
    "max-result": (input, outcomes) => ({ ...input, value: Math.max(...values(outcomes)) }),
    "count-results": (input, outcomes) => ({ ...input, value: values(outcomes).length }),
    "count-errors": (input, outcomes) => ({ ...input, value: outcomes.length - values(outcomes).length }),
    names: (input, outcomes) => ({ ...input, tags: [...input.tags, ...names(outcomes, true).toSorted(), ...names(outcomes, false).toSorted()] }),
  };
  const reduce = reducers[op];
  if (!reduce) throw new Error(`no reducer does "${op}"`);
  return reduce;
}

function handler(name: string, operation: Operation, seen: Observations): ErrorHandlerEntry["handle"] {
  return ({ path, message }) => {
    count(seen, name);
    if (operation.op === "fail") throw failed(operation["message"]);
    seen.handled.push({ handler: name, path: [...path], message });
  };
}

/** What a case says of a thing besides what it does. */
function described(name: string, { description, tags, values }: Json): Pick<ConditionEntry, "name" | "description" | "tags" | "values"> {
  return {
    name,
    ...(typeof description === "string" ? { description } : {}),
    ...(Array.isArray(tags) ? { tags: tags as string[] } : {}),
    ...(Array.isArray(values) ? { values: values as string[] } : {}),
  };
}

const kinds: Readonly<Record<string, EntryKind>> = {
  processor: "processors",
  predicate: "predicates",
  condition: "conditions",
  reducer: "reducers",
  errorHandler: "errorHandlers",
  channel: "channels",
};

/** The registry of a kind as the cases write it; undefined for schemas and bindings, which have none. */
export function collectionOf(registry: Registry, kind: string): Registry[EntryKind] | undefined {
  const found = kinds[kind];
  return found && registry[found];
}

/** Registers what a case defines. */
export function register(registry: Registry, kind: string, name: string, definition: Json, seen: Observations): void {
  const operation = definition as Operation;
  const about = described(name, definition);
  if (kind === "processor") {
    const run = work(operation, { seen, name });
    const counted: ProcessorEntry<Item, Item>["run"] = (item, context) => {
      count(seen, name);
      return andThen(run(item, context), (result) => result);
    };
    registry.processors.add({ ...about, run: counted } as ProcessorEntry);
  } else if (kind === "predicate") registry.predicates.add({ ...about, test: predicate(operation) } as PredicateEntry);
  else if (kind === "condition") registry.conditions.add({ ...about, choose: condition(operation) } as ConditionEntry);
  else if (kind === "reducer") registry.reducers.add({ ...about, reduce: reducer(operation) } as ReducerEntry);
  else if (kind === "errorHandler") registry.errorHandlers.add({ ...about, handle: handler(name, operation, seen) });
  else {
    const channel = createChannel<unknown>({ capacity: Number(definition["capacity"] ?? 0) });
    seen.channels.set(name, channel);
    registry.channels.add({ ...about, send: channel.send });
  }
}

const sections: Readonly<Record<string, string>> = {
  processors: "processor",
  predicates: "predicate",
  conditions: "condition",
  reducers: "reducer",
  errorHandlers: "errorHandler",
  channels: "channel",
};

/** Registers a whole registry as a case writes it: one of the file's by name, one that extends another, or its own. */
export function registerAll(registry: Registry, given: unknown, known: Json, seen: Observations): void {
  const definition = (typeof given === "string" ? known[given] : given) as Json | undefined;
  if (!definition) return;
  const base = typeof definition["extends"] === "string" ? (known[definition["extends"]] as Json) : {};
  for (const [section, kind] of Object.entries(sections)) {
    const all = { ...(base[section] as Json | undefined), ...(definition[section] as Json | undefined) };
    for (const [name, one] of Object.entries(all)) register(registry, kind, name, one as Json, seen);
  }
}
