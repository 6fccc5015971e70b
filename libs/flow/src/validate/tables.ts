import { fields, shapes } from "../document/grammar.ts";
import type { Field, FieldName } from "../document/grammar.ts";
import type { FaultCode } from "./fault-codes.ts";

/** Fields by key, for texts that name whatever. */
export const fieldTable: ReadonlyMap<string, Field> = new Map<string, Field>(Object.entries(fields));

/** The fault of a value: on its own entry, or on the node it belongs to. */
interface ValueFault {
  readonly code: FaultCode;
  readonly isOnNode?: boolean;
}

const numberFaults: Readonly<Partial<Record<FieldName, ValueFault>>> = {
  attempts: { code: "ATTEMPTS_NEGATIVE" },
  workers: { code: "WORKERS_NEGATIVE" },
  failure_threshold: { code: "FAILURE_THRESHOLD_NEGATIVE" },
  requests_per_second: { code: "REQUESTS_PER_SECOND_NEGATIVE", isOnNode: true },
  burst_size: { code: "BURST_SIZE_NEGATIVE", isOnNode: true },
};

const durationFaults: Readonly<Partial<Record<FieldName, ValueFault>>> = {
  backoff: { code: "INVALID_BACKOFF" },
  max_backoff: { code: "INVALID_BACKOFF" },
  recovery_timeout: { code: "INVALID_RECOVERY_TIMEOUT", isOnNode: true },
  stream_timeout: { code: "INVALID_STREAM_TIMEOUT" },
};

const missingCodes: Readonly<Partial<Record<FieldName, FaultCode>>> = {
  predicate: "MISSING_PREDICATE",
  condition: "MISSING_CONDITION",
  routes: "MISSING_ROUTES",
  then: "MISSING_THEN",
  error_handler: "MISSING_ERROR_HANDLER",
};

/** What to check on one kind of node, worked out once. */
export interface Checklist {
  readonly keys: ReadonlySet<string>;
  readonly needsChild: boolean;
  readonly needsChildren: boolean;
  /** Keys that must be there, besides its child or children. */
  readonly required: readonly { readonly key: FieldName; readonly code: FaultCode }[];
  /** The key whose value is looked up in a registry, and which registry. */
  readonly named: { readonly key: FieldName; readonly registry: NonNullable<Field["names"]> } | undefined;
  readonly numbers: readonly (ValueFault & { readonly key: FieldName; readonly min: number; readonly max: number })[];
  readonly durations: readonly (ValueFault & { readonly key: FieldName })[];
  readonly nodes: readonly FieldName[];
}

function checklist(kind: string): Checklist {
  const { required, optional } = shapes[kind as keyof typeof shapes];
  const keys = [...required, ...optional];
  const of = (key: FieldName): Field => fields[key];
  const name = keys.find((key) => of(key).names !== undefined);
  return {
    keys: new Set<string>(["name", kind === "ref" || kind === "stream" ? kind : "type", ...keys]),
    needsChild: required.includes("child"),
    needsChildren: required.includes("children"),
    required: required.flatMap((key) => (missingCodes[key] ? [{ key, code: missingCodes[key] }] : [])),
    named: name && { key: name, registry: of(name).names ?? "processors" },
    numbers: keys
      .filter((key) => of(key).min !== undefined)
      .map((key) => ({ key, min: of(key).min ?? 0, max: of(key).max ?? Infinity, ...(numberFaults[key] ?? { code: "NUMBER_OUT_OF_RANGE" }) })),
    durations: keys.filter((key) => of(key).kind === "duration").map((key) => ({ key, ...(durationFaults[key] ?? { code: "INVALID_DURATION" }) })),
    nodes: keys.filter((key) => ["node", "nodes", "routes"].includes(of(key).kind)),
  };
}

/** By type, and for `ref` and `stream`. */
export const checklists: ReadonlyMap<string, Checklist> = new Map(Object.keys(shapes).map((kind) => [kind, checklist(kind)]));
