import type { Registry } from "@rivergen/flow";
import { conditionEntry, createRegistry, errorHandlerEntry, predicateEntry, processorEntry, reducerEntry } from "@rivergen/flow";
import { AppError } from "@rivergen/contracts";
import type { RowContext } from "@rivergen/relational";
import type { z } from "zod";
import { derive, drop, keep, rename } from "./columns.ts";
import { deadLetter, deriveInstead, fail, pass, require, value, where } from "./conditions.ts";
import type {
  ConditionDefinition,
  HandlerDefinition,
  PredicateDefinition,
  PreparedCondition,
  PreparedHandler,
  PreparedPredicate,
  PreparedProcessor,
  PreparedReducer,
  Preparing,
  ProcessorDefinition,
  ReducerDefinition,
  Described,
} from "./definition.ts";
import type { FlowRecord, RecordType } from "./record.ts";
import { first, merge } from "./reducers.ts";

/** Everything that flows over records can name, by kind. */
export const recordDefinitions = {
  processors: [derive, keep, drop, rename, require, fail] as readonly ProcessorDefinition[],
  predicates: [where] as readonly PredicateDefinition[],
  conditions: [value] as readonly ConditionDefinition[],
  reducers: [first, merge] as readonly ReducerDefinition[],
  errorHandlers: [deadLetter, pass, deriveInstead] as readonly HandlerDefinition[],
};

/** What the entries of a registry need at run time. */
export interface RecordRegistryOptions {
  /** Parameters and logical time of expressions. Default: none, and 1970. */
  readonly context?: RowContext;
  /** Told of each failure whose record is set aside. */
  readonly onDeadLetter?: (error: AppError) => void;
}

export const noContext: RowContext = { parameters: { types: new Map(), values: new Map() }, now: new Date(0).toISOString() };

interface Remembered<Prepared> {
  readonly input: RecordType;
  readonly results: readonly RecordType[];
  readonly prepared: Prepared;
}

/** Types of records for which a node stays ready; where ever new ones come the oldest is forgotten. */
const mostRemembered = 100;
const none: readonly RecordType[] = [];
const areSame = (one: readonly RecordType[], other: readonly RecordType[]): boolean =>
  one === other || (one.length === other.length && one.every((type, index) => type === other[index]));

/** Remembers what was made ready for a node's parameters and the types of its records: almost always the same ones again. */
function remember<Prepared>(prepare: (preparing: Preparing, config: never, results: readonly RecordType[]) => Prepared | undefined, context: RowContext) {
  const known = new WeakMap<object, Remembered<Prepared>[]>();
  return (config: object, input: RecordType, results: readonly RecordType[] = none): Prepared => {
    let list = known.get(config);
    if (!list) known.set(config, (list = []));
    for (const each of list) if (each.input === input && areSame(each.results, results)) return each.prepared;
    const faults: string[] = [];
    const prepared = prepare({ input, context, report: (at, _code, message) => faults.push(`${at}: ${message}`) }, config as never, results);
    if (!prepared) throw new AppError("FLOW_INVALID", { detail: faults.join("; ") });
    if (list.length >= mostRemembered) list.shift();
    list.push({ input, results, prepared });
    return prepared;
  };
}

/** What an entry says of itself. */
const described = ({ name, description, tags, config }: Described) => ({ name, version: "1", description, tags, config: config as z.ZodType<object> });

function addProcessors(registry: Registry, context: RowContext): void {
  for (const definition of recordDefinitions.processors) {
    const ready = remember<PreparedProcessor>(definition.prepare, context);
    registry.processors.add(
      processorEntry<FlowRecord, FlowRecord, object>({ ...described(definition), run: (record, _run, config) => ready(config, record.type).run(record) }),
    );
  }
}

function addConditions(registry: Registry, context: RowContext): void {
  for (const definition of recordDefinitions.predicates) {
    const ready = remember<PreparedPredicate>(definition.prepare, context);
    registry.predicates.add(
      predicateEntry<FlowRecord, object>({ ...described(definition), test: (record, _run, config) => ready(config, record.type).test(record) }),
    );
  }
  for (const definition of recordDefinitions.conditions) {
    const ready = remember<PreparedCondition>(definition.prepare, context);
    registry.conditions.add(
      conditionEntry<FlowRecord, object>({ ...described(definition), choose: (record, _run, config) => ready(config, record.type).choose(record) }),
    );
  }
}

function addReducers(registry: Registry, context: RowContext): void {
  for (const definition of recordDefinitions.reducers) {
    const ready = remember<PreparedReducer>(definition.prepare, context);
    registry.reducers.add(
      reducerEntry<FlowRecord, FlowRecord, object>({
        ...described(definition),
        reduce(record, outcomes, config) {
          const results = outcomes.flatMap((outcome) => (outcome.ok ? [outcome.value as FlowRecord] : []));
          const failed = outcomes.find((outcome) => !outcome.ok);
          if (failed && (definition.needsAll || results.length === 0)) throw failed.error;
          const types = results.map(({ type }) => type);
          return ready(config, record.type, types).reduce(record, results);
        },
      }),
    );
  }
}

function addHandlers(registry: Registry, context: RowContext, onDeadLetter: RecordRegistryOptions["onDeadLetter"]): void {
  for (const definition of recordDefinitions.errorHandlers) {
    const ready = remember<PreparedHandler>(definition.prepare, context);
    registry.errorHandlers.add(
      errorHandlerEntry<FlowRecord, FlowRecord, object>({
        ...described(definition),
        handle(error, record, _run, config) {
          const { recover } = ready(config, record.type);
          if (recover) return { value: recover(record) };
          onDeadLetter?.(error);
          return undefined;
        },
      }),
    );
  }
}

/**
 * The registry of what flows over records may use: columns, checks and conditions by expressions, nothing else. Items
 * are `FlowRecord`s. Each entry is made ready for the columns that reach it, when the first such record does.
 */
export function createRecordRegistry({ context = noContext, onDeadLetter }: RecordRegistryOptions = {}): Registry {
  const registry = createRegistry();
  addProcessors(registry, context);
  addConditions(registry, context);
  addReducers(registry, context);
  addHandlers(registry, context, onDeadLetter);
  return registry;
}
