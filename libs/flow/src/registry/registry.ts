import { tell } from "../signals.ts";
import type { FlowSink } from "../signals.ts";
import { createCollection } from "./collection.ts";
import type { Collection } from "./collection.ts";
import type { ChannelEntry, ConditionEntry, Entries, EntryKind, ErrorHandlerEntry, PredicateEntry, ProcessorEntry, ReducerEntry } from "./entries.ts";

/** Everything that documents can name. */
export type Registry = { readonly [Kind in EntryKind]: Collection<Entries[Kind]> };

const signalNames = {
  processors: "processor",
  predicates: "predicate",
  conditions: "condition",
  reducers: "reducer",
  errorHandlers: "error-handler",
  channels: "channel",
} as const satisfies Record<EntryKind, string>;

/** An empty registry that tells what is added and removed. */
export function createRegistry({ signals }: { readonly signals?: FlowSink | undefined } = {}): Registry {
  function collection<Kind extends EntryKind>(kind: Kind): Collection<Entries[Kind]> {
    const noun = signalNames[kind];
    return createCollection<Entries[Kind]>({
      added: (name, version) => tell(signals, `flow.${noun}.registered`, () => ({ name, version })),
      removed: (name) => tell(signals, `flow.${noun}.removed`, () => ({ name })),
    });
  }
  return {
    processors: collection("processors"),
    predicates: collection("predicates"),
    conditions: collection("conditions"),
    reducers: collection("reducers"),
    errorHandlers: collection("errorHandlers"),
    channels: collection("channels"),
  };
}

/** A processor with the types of its item and parameters, ready to be registered. */
export function processorEntry<In, Out, Config = undefined>(entry: ProcessorEntry<In, Out, Config>): ProcessorEntry {
  return entry as ProcessorEntry;
}

/** A predicate with its types, ready to be registered. */
export function predicateEntry<In, Config = undefined>(entry: PredicateEntry<In, Config>): PredicateEntry {
  return entry as PredicateEntry;
}

/** A condition with its types, ready to be registered. */
export function conditionEntry<In, Config = undefined>(entry: ConditionEntry<In, Config>): ConditionEntry {
  return entry as ConditionEntry;
}

/** A reducer with its types, ready to be registered. */
export function reducerEntry<In, Out, Config = undefined>(entry: ReducerEntry<In, Out, Config>): ReducerEntry {
  return entry as ReducerEntry;
}

/** An error handler with its types, ready to be registered. */
export function errorHandlerEntry<In, Out, Config = undefined>(entry: ErrorHandlerEntry<In, Out, Config>): ErrorHandlerEntry {
  return entry as ErrorHandlerEntry;
}

/** A channel with its type, ready to be registered. */
export function channelEntry<In>(entry: ChannelEntry<In>): ChannelEntry {
  return entry as ChannelEntry;
}
