import type { Fault } from "@rivergen/contracts";
import { AppError } from "@rivergen/contracts";
import type { FlowDocument, FlowSignals } from "@rivergen/flow";
import { createFlows, invalidFlow } from "@rivergen/flow";
import type { PipelineSignals } from "@rivergen/pipeline";
import { createSignals, PipelineError } from "@rivergen/pipeline";
import { types } from "@rivergen/relational";
import type { DataType } from "@rivergen/relational";
import { checkRecordFlow } from "./compile.ts";
import type { PlainRecord } from "./plain.ts";
import { createPlainReader, joinTypes, toPlain, typeOfJson } from "./plain.ts";
import { createRecordRegistry } from "./registry.ts";

/** Code of what no processor meant to fail with; no fault of a document. */
const unexpected = "INTERNAL";

/** What became of a sample record. */
export interface TestedRecord {
  readonly status: "succeeded" | "failed";
  readonly output: unknown;
  readonly error: { readonly code: string; readonly message: string; readonly path: readonly string[]; readonly timedOut: boolean } | null;
  /** Most tries that any retry made for it; 1 without. */
  readonly attempts: number;
  readonly durationMs: number;
}

/** What nodes told while a record went through. */
export interface TestSignal {
  /** From 0. */
  readonly record: number;
  readonly name: string;
  readonly atMs: number;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface FlowTestResult {
  readonly records: readonly TestedRecord[];
  /** In order; the first of them. */
  readonly signals: readonly TestSignal[];
  readonly droppedSignals: number;
}

const mostSignals = 2_000;

/** Columns of all samples together: names in the order they first come, each of the type that fits its values, else text. */
function columnsOf(records: readonly PlainRecord[]): { name: string; type: DataType; nullable: boolean }[] {
  const known = new Map<string, DataType | undefined>();
  for (const record of records) {
    for (const [name, value] of Object.entries(record)) known.set(name, joinTypes(known.get(name), typeOfJson(value), types.string));
  }
  return [...known].map(([name, type]) => ({ name, type: type ?? types.string, nullable: true }));
}

/** What a signal says as plain data: of errors only what is safe to show. */
function toData(data: object): Readonly<Record<string, unknown>> {
  const plain = (value: unknown): unknown => {
    if (value instanceof PipelineError) return { code: value.code, message: value.message, path: value.path };
    return value instanceof Error ? { message: value.message } : value;
  };
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, plain(value)]));
}

function toProblem(error: unknown): NonNullable<TestedRecord["error"]> {
  if (!(error instanceof AppError)) return { code: unexpected, message: "a processor failed unexpectedly", path: [], timedOut: false };
  const known = error instanceof PipelineError ? error : undefined;
  return { code: error.code, message: error.message, path: known?.path ?? [], timedOut: known?.timedOut ?? false };
}

/**
 * Sends sample records through a flow, one after the other.
 * @param document a YAML or JSON text, or an object
 * @throws FLOW_INVALID with all faults, those of expressions over the samples' columns included
 */
export async function testRecordFlow(document: string | object, records: readonly PlainRecord[]): Promise<FlowTestResult> {
  const told: TestSignal[] = [];
  const state = { record: 0, attempts: 1, dropped: 0 };
  const signals = createSignals<FlowSignals & PipelineSignals>();
  const flows = createFlows({ registry: createRecordRegistry(), signals });
  const valid = flows.validate(document as FlowDocument);
  if (!valid.document) throw invalidFlow(valid.faults);
  const columns = columnsOf(records);
  const { faults } = checkRecordFlow(valid.document, { columns });
  if (faults.length > 0 && records.length > 0) throw invalidFlow(faults.map(({ path, code, message }): Fault => ({ path, code, message })));

  const reader = createPlainReader(new Map(columns.map(({ name, type }) => [name, type])));
  const blank = Object.fromEntries(columns.map(({ name }) => [name, null]));
  const flow = flows.build(valid.document);
  const startedAt = performance.now();
  signals.tap(({ signal, data }) => {
    if (signal === "retry.attempt-start") state.attempts = Math.max(state.attempts, data.attempt);
    if (told.length >= mostSignals) state.dropped += 1;
    else told.push({ record: state.record, name: signal, atMs: performance.now() - startedAt, data: toData(data) });
  });
  const tested: TestedRecord[] = [];
  for (const [index, record] of records.entries()) {
    Object.assign(state, { record: index, attempts: 1 });
    const begunAt = performance.now();
    const end = (output: unknown, error: TestedRecord["error"]): void => {
      tested.push({ status: error ? "failed" : "succeeded", output, error, attempts: state.attempts, durationMs: performance.now() - begunAt });
    };
    try {
      end(toPlain(await flow.process(reader.read({ ...blank, ...record }))), null);
    } catch (error) {
      end(null, toProblem(error));
    }
  }
  return { records: tested, signals: told, droppedSignals: state.dropped };
}
