import type { BuiltFlow, FlowDocument, Registry } from "@rivergen/flow";
import { createFlows } from "@rivergen/flow";
import { PipelineError } from "@rivergen/pipeline";
import type { MaybePromise } from "@rivergen/pipeline";
import type { Place, RowContext } from "@rivergen/relational";
import { pointer } from "@rivergen/relational";
import { followRecords } from "./follow.ts";
import type { FlowRecord, RecordType } from "./record.ts";
import { inputType } from "./record.ts";
import { createRecordRegistry, noContext } from "./registry.ts";

/** What is wrong with a flow over records; `place` is inside the text at the path. */
export interface RecordFlowFault {
  /** JSON Pointer in the flow. */
  readonly path: string;
  readonly code: string;
  readonly message: string;
  readonly place?: Place | undefined;
}

/** A flow that takes records. */
export interface RecordFlow {
  /** What records consist of before and after. */
  readonly input: RecordType;
  readonly output: RecordType;
  /** Columns of the input that the flow looks into or changes; the others may be null in what is given to it. */
  readonly needs: readonly string[];
  /** One record at a time; many may be under way. @throws PipelineError with the path of names and the cause, never the record */
  process(record: FlowRecord, signal?: AbortSignal): MaybePromise<FlowRecord>;
  /** Whether a failure's record was set aside by the flow, so that nothing failed for whoever runs it. */
  isSetAside(error: unknown): boolean;
  close(): Promise<void>;
}

export interface RecordFlowOptions {
  /** Columns of the records that come in. */
  readonly columns: Parameters<typeof inputType>[0];
  /** Parameters and logical time of expressions. Default: none, and 1970. */
  readonly context?: RowContext;
}

export interface CheckedRecordFlow {
  readonly faults: readonly RecordFlowFault[];
  readonly input: RecordType;
  /** Undefined with faults, and where no record ever comes out. */
  readonly output: RecordType | undefined;
  readonly needs: readonly string[];
  readonly document: FlowDocument | undefined;
}

/** Which key of a node is at fault where only the node is told. */
const keys: Readonly<Record<string, string>> = {
  PROCESSOR_NOT_FOUND: "ref",
  PREDICATE_NOT_FOUND: "predicate",
  CONDITION_NOT_FOUND: "condition",
  REDUCER_NOT_FOUND: "reducer",
  ERROR_HANDLER_NOT_FOUND: "error_handler",
  CHANNEL_NOT_FOUND: "stream",
};

function validate(registry: Registry, flow: unknown): { faults: RecordFlowFault[]; document: FlowDocument | undefined } {
  const { faults, document } = createFlows({ registry }).validate(flow as FlowDocument);
  const placed = faults.map(({ path, code, message }) => {
    const key = Object.hasOwn(keys, code) ? keys[code] : undefined;
    return { path: key === undefined || path.endsWith(`/${key}`) ? path : pointer(path, key), code, message };
  });
  return { faults: placed, document };
}

/** Everything that is wrong with a flow in itself: its form, what it names, the form of its parameters. */
export function checkFlowForm(flow: unknown): readonly RecordFlowFault[] {
  return validate(createRecordRegistry(), flow).faults;
}

/** Checks a flow against the columns of its records: its form first, then every expression and column at its place. Never throws. */
export function checkRecordFlow(flow: unknown, { columns, context = noContext }: RecordFlowOptions): CheckedRecordFlow {
  const registry = createRecordRegistry({ context });
  const { faults, document } = validate(registry, flow);
  const input = inputType(columns);
  if (!document) return { faults, input, output: undefined, needs: [], document };
  const report = (path: string, code: string, message: string, place?: Place): void => void faults.push({ path, code, message, place });
  const { output, needs } = followRecords(document, input, { registry, context, report });
  if (!output && faults.length === 0) report("", "FLOW_EMPTY", "no record ever comes out of this flow");
  return { faults, input, output: faults.length > 0 ? undefined : output, needs: [...needs], document };
}

/** Builds a checked flow. @throws AppError FLOW_INVALID for one with faults */
export function buildRecordFlow(flow: unknown, options: RecordFlowOptions): RecordFlow {
  const { context = noContext } = options;
  const { input, output, needs, document, faults } = checkRecordFlow(flow, options);
  const setAside = new WeakSet<object>();
  const registry = createRecordRegistry({ context, onDeadLetter: (error) => mark(setAside, error) });
  const flows = createFlows({ registry });
  const built: BuiltFlow = flows.build(document ?? (flow as FlowDocument));
  if (!output) throw new TypeError(faults[0]?.message ?? "a flow without an output cannot be built");
  return {
    input,
    output,
    needs,
    process: (record, signal) => built.process(record, signal ? { signal } : undefined) as MaybePromise<FlowRecord>,
    isSetAside: (error) => error instanceof Error && (setAside.has(error) || (error.cause instanceof Error && setAside.has(error.cause))),
    close: () => built.close(),
  };
}

/** The failure and its cause: connectors that give one failure to several callers copy it. */
function mark(marked: WeakSet<object>, error: unknown): void {
  if (error instanceof Error) marked.add(error);
  if (error instanceof PipelineError && error.cause instanceof Error) marked.add(error.cause);
}
