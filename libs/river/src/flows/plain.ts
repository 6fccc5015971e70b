import { AppError } from "@rivergen/contracts";
import { conditionEntry, createRegistry, errorHandlerEntry, predicateEntry, processorEntry, reducerEntry } from "@rivergen/flow";
import type { Registry } from "@rivergen/flow";
import { literalValue, printText, sameType, types } from "@rivergen/relational";
import type { DataType, Value } from "@rivergen/relational";
import { FlowRecord, inputType, recordType } from "./record.ts";
import type { RecordType } from "./record.ts";
import { createRecordRegistry } from "./registry.ts";
import type { RecordRegistryOptions } from "./registry.ts";

/** A record as JSON has it. */
export type PlainRecord = Readonly<Record<string, unknown>>;

/** Reads plain records; those of the same columns and types have one type in common. */
export interface PlainReader {
  /**
   * @param part whose result it is, where its columns may be others' than those of the input
   * @throws STEP_FAILED for what is no object, or does not fit a declared type
   */
  read(item: unknown, part?: string): FlowRecord;
}

/** Types of records are remembered, so that what stands on them is made ready once; ever new ones do not pile up. */
const mostTypes = 1_000;

/** The type that a JSON value has by itself; undefined for null. */
export function typeOfJson(value: unknown): DataType | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === "boolean") return types.boolean;
  if (typeof value === "string") return types.string;
  if (typeof value === "number") return Number.isSafeInteger(value) ? types.integer : types.double;
  return types.json;
}

/** The type of values of both types; `clash` where there is none. */
export function joinTypes(known: DataType | undefined, value: DataType | undefined, clash: DataType | undefined): DataType | undefined {
  if (!known || !value || sameType(known, value)) return known ?? value;
  return [known.kind, value.kind].every((kind) => kind === "integer" || kind === "double") ? types.double : clash;
}

/** Which values are already what their column holds. */
const fits: Readonly<Partial<Record<DataType["kind"], (value: unknown) => boolean>>> = {
  json: () => true,
  double: (value) => typeof value === "number",
  boolean: (value) => typeof value === "boolean",
  string: (value) => typeof value === "string",
};

function toValue(type: DataType, value: unknown, name: string): Value {
  if (value === null || value === undefined) return null;
  if (fits[type.kind]?.(value) === true) return value as Value;
  if (type.kind === "integer" && Number.isSafeInteger(value)) return BigInt(value as number);
  const read = literalValue(type, typeof value === "object" ? JSON.stringify(value) : String(value as string | number | boolean));
  if (!read) throw new AppError("STEP_FAILED", { detail: `${name} cannot be read as ${type.kind}` });
  return read.value;
}

/** Whether records of a type have just these columns: neighbours mostly do. */
function isOf({ columns: known }: RecordType, columns: readonly { readonly name: string; readonly type: DataType }[]): boolean {
  return known.length === columns.length && columns.every(({ name, type }, index) => known[index]?.name === name && known[index].type === type);
}

/** @param declared types of columns, where they are not to be taken from the values */
export function createPlainReader(declared: ReadonlyMap<string, DataType> = new Map()): PlainReader {
  const known = new Map<string, RecordType>();
  /** What a column was last: a null says nothing of its type. */
  const seen = new Map<string, DataType>();
  let last: RecordType | undefined;

  function typeOf(name: string, value: unknown): DataType {
    const own = declared.get(name);
    if (own) return own;
    const its = typeOfJson(value);
    const type = joinTypes(seen.get(name), its, its);
    if (type && seen.size < mostTypes) seen.set(name, type);
    return type ?? types.string;
  }

  function recordTypeOf(columns: readonly { readonly name: string; readonly type: DataType; readonly nullable: boolean }[], part: string): RecordType {
    if (part === "" && last && isOf(last, columns)) return last;
    const key = `${part}\n${columns.map(({ name, type }) => `${JSON.stringify(name)} ${JSON.stringify(type)}`).join()}`;
    const found = known.get(key);
    const type =
      found ??
      (part === "" ? inputType(columns) : recordType(columns.map(({ name, type: its, nullable }) => ({ name, type: its, nullable, identity: Symbol(name) }))));
    if (!found && known.size >= mostTypes) known.clear();
    known.set(key, type);
    if (part === "") last = type;
    return type;
  }

  return {
    read(item, part = "") {
      if (item instanceof FlowRecord) return item;
      if (typeof item !== "object" || item === null || Array.isArray(item)) throw new AppError("STEP_FAILED", { detail: "A record is a JSON object" });
      const columns = Object.entries(item).map(([name, value]) => ({ name, type: typeOf(name, value), nullable: true, value: value as unknown }));
      return new FlowRecord(
        recordTypeOf(columns, part),
        columns.map((column) => toValue(column.type, column.value, column.name)),
      );
    },
  };
}

function toJson(type: DataType, value: Value): unknown {
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (type.kind === "double") return Number.isFinite(value) ? value : String(value as number);
  if (type.kind === "integer") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value as bigint);
  if (typeof value === "object") return value;
  const text = printText(type, value);
  return type.kind === "timestamp" || type.kind === "timestamptz" ? text.replace(" ", "T") : text;
}

/** A record as JSON: whole numbers beyond 2^53 and decimals as texts, times in ISO 8601. Anything else stays as it is. */
export function toPlain(item: unknown): unknown {
  if (!(item instanceof FlowRecord)) return item;
  return Object.fromEntries(item.type.columns.map(({ name, type }, index) => [name, toJson(type, item.values[index] ?? null)]));
}

/**
 * What flows over records may name, for items that are plain JSON objects: columns have the types of their values.
 *
 */
export function createPlainRegistry({ reader = createPlainReader(), ...options }: RecordRegistryOptions & { readonly reader?: PlainReader } = {}): Registry {
  const records = createRecordRegistry(options);
  const plain = createRegistry();
  for (const entry of records.processors.entries()) {
    plain.processors.add(
      processorEntry<unknown, unknown, unknown>({ ...entry, run: (item, context, config) => entry.run(reader.read(item), context, config) }),
    );
  }
  for (const entry of records.predicates.entries()) {
    plain.predicates.add(predicateEntry<unknown, unknown>({ ...entry, test: (item, context, config) => entry.test(reader.read(item), context, config) }));
  }
  for (const entry of records.conditions.entries()) {
    plain.conditions.add(conditionEntry<unknown, unknown>({ ...entry, choose: (item, context, config) => entry.choose(reader.read(item), context, config) }));
  }
  for (const entry of records.reducers.entries()) {
    plain.reducers.add(
      reducerEntry<unknown, unknown, unknown>({
        ...entry,
        reduce(item, outcomes, config) {
          const read = outcomes.map((outcome, index) => (outcome.ok ? { ...outcome, value: reader.read(outcome.value, String(index)) } : outcome));
          return entry.reduce(reader.read(item), read, config);
        },
      }),
    );
  }
  for (const entry of records.errorHandlers.entries()) {
    plain.errorHandlers.add(
      errorHandlerEntry<unknown, unknown, unknown>({
        ...entry,
        handle: (error, item, context, config) => entry.handle(error, reader.read(item), context, config),
      }),
    );
  }
  return plain;
}

/**
 * A registry that takes entries of others into one over plain records: what they get is plain whatever node came before.
 */
export function takePlain(into: Registry, from: Registry): void {
  for (const entry of from.processors.entries()) {
    into.processors.add(processorEntry<unknown, unknown, unknown>({ ...entry, run: (item, context, config) => entry.run(toPlain(item), context, config) }));
  }
  for (const entry of from.predicates.entries()) {
    into.predicates.add(predicateEntry<unknown, unknown>({ ...entry, test: (item, context, config) => entry.test(toPlain(item), context, config) }));
  }
  for (const entry of from.conditions.entries()) {
    into.conditions.add(conditionEntry<unknown, unknown>({ ...entry, choose: (item, context, config) => entry.choose(toPlain(item), context, config) }));
  }
  for (const entry of from.reducers.entries()) {
    into.reducers.add(
      reducerEntry<unknown, unknown, unknown>({
        ...entry,
        reduce: (item, outcomes, config) =>
          entry.reduce(toPlain(item), outcomes.map((outcome) => (outcome.ok ? { ...outcome, value: toPlain(outcome.value) } : outcome)), config), // prettier-ignore
      }),
    );
  }
  for (const entry of from.errorHandlers.entries()) {
    into.errorHandlers.add(
      errorHandlerEntry<unknown, unknown, unknown>({ ...entry, handle: (error, item, context, config) => entry.handle(error, toPlain(item), context, config) }),
    );
  }
  for (const entry of from.channels.entries()) into.channels.add({ ...entry, send: (item, signal) => entry.send(toPlain(item), signal) });
}
