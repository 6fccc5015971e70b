import type { PlanColumn, Relation } from "@rivergen/relational";
import { nearest, parseType, pointer, printType, scan } from "@rivergen/relational";
import { isStorable } from "./contract.ts";
import type { Faults } from "./fault.ts";
import { checkRecordFlow } from "./flows/compile.ts";
import type { RecordColumn, RecordType } from "./flows/record.ts";
import type { StepNode } from "./graph.ts";
import type { Parameters } from "./parameters.ts";
import { flowStageName, outputViewName } from "./views.ts";

/** A column that a flow step gives: one of its input as it was, or one that the flow computes. */
export interface FlowColumn {
  readonly name: string;
  /** As `columns` says it, or as it came in. */
  readonly type: string;
  /** The column of the input that it still is; null where the flow made it. */
  readonly passes: string | null;
}

/** A flow step with its meaning. */
export interface AnalysedFlow {
  readonly node: StepNode;
  readonly flow: Readonly<Record<string, unknown>>;
  /** What it reads. */
  readonly input: Relation;
  /** What it gives; origins are columns of the step's input. */
  readonly relation: Relation;
  readonly columns: readonly FlowColumn[];
}

const noTime = new Date(0).toISOString();

const unique = <T>(items: readonly T[]): T[] => [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];

/** Whether a column is one of the input's, under its own name. */
const isPassing = (column: RecordColumn): boolean => column.origin === column.name;

function reportUndeclared(node: StepNode, column: RecordColumn, input: Relation, faults: Faults): void {
  const isNew = !input.columns.some(({ name }) => name === column.name);
  const what = isNew ? "adds" : "changes";
  faults.report(
    pointer(node.path, "flow"),
    "FLOW_COLUMNS",
    `the flow ${what} ${column.name}: say so in columns, as { ${column.name}: ${printType(column.type)} }`,
  );
}

/** Compares what comes out of a flow with what `columns` says it adds or changes. */
function readColumns(node: StepNode, output: RecordType, input: Relation, faults: Faults): FlowColumn[] | undefined {
  const declared = new Map(Object.entries(node.step.columns ?? {}));
  let isSound = true;
  for (const name of declared.keys()) {
    if (output.positions.has(name)) continue;
    const found = nearest(name, output.columns.map((column) => column.name)); // prettier-ignore
    faults.report(pointer(node.path, "columns", name), "FLOW_COLUMNS", `the flow gives no column ${name}${found ? `; the nearest is ${found}` : ""}`);
    isSound = false;
  }
  const columns = output.columns.map((column): FlowColumn => {
    const { name, type, origin } = column;
    const given = declared.get(name);
    const parsed = given === undefined ? undefined : parseType(given);
    if (!parsed && !isPassing(column)) {
      reportUndeclared(node, column, input, faults);
      isSound = false;
    } else if (parsed?.ok && !isStorable(type, parsed.type)) {
      const message = `${name} is ${printType(type)} where the flow ends, and ${printType(parsed.type)} here: cast it in the flow`;
      faults.report(pointer(node.path, "columns", name), "FLOW_COLUMNS", message);
      isSound = false;
    }
    return { name, type: printType(parsed?.ok ? parsed.type : type), passes: origin ?? null };
  });
  return isSound ? columns : undefined;
}

/** Labels and origins: a column that passes has its own; whatever a flow makes may come from everything that went in. */
function planColumns(columns: readonly FlowColumn[], output: RecordType, input: Relation): PlanColumn[] {
  const all = { labels: [...new Set(input.columns.flatMap(({ labels }) => labels))].sort(), origins: unique(input.columns.flatMap(({ origins }) => origins)) };
  return columns.map(({ name, type, passes }, index) => {
    const parsed = parseType(type);
    const own = passes === null ? undefined : input.columns.find((column) => column.name === passes);
    const { labels, origins } = own ?? all;
    const made = output.columns[index];
    return { name, type: parsed.ok ? parsed.type : (made?.type ?? { kind: "unknown" }), nullable: made?.nullable ?? true, labels, origins };
  });
}

/** Checks a flow step against what it reads; undefined where nothing can be said of what it gives. */
export function analyseFlow(node: StepNode, input: Relation, parameters: Parameters, faults: Faults): AnalysedFlow | undefined {
  const path = pointer(node.path, "flow");
  if (faults.isFaulty(path) || faults.isFaulty(pointer(node.path, "columns"))) return undefined;
  const { flow = {} } = node.step;
  if (typeof flow === "string") {
    faults.report(path, "UNKNOWN_FLOW", `the flow ${flow} is not known here`);
    return undefined;
  }
  const checked = checkRecordFlow(flow, { columns: input.columns, context: { parameters, now: noTime } });
  for (const { path: inner, code, message, place } of checked.faults) faults.report(`${path}${inner}`, code, message, place);
  const { output } = checked;
  const columns = output && readColumns(node, output, input, faults);
  if (!output || !columns) return undefined;
  const planned = planColumns(columns, output, input);
  const bare = scan(node.name, outputViewName(flowStageName(node.name)), planned);
  const passing = new Set(columns.filter(({ name, passes }) => name === passes).map(({ name }) => name));
  const order = input.order.every((key) => passing.has(key.column)) ? input.order : [];
  const read = input.columns.filter(({ name }) => checked.needs.includes(name));
  const influences = unique([...input.influences, ...read.flatMap(({ origins }) => origins.map((origin) => ({ ...origin, influence: "filter" as const })))]);
  return { node, flow, input, columns, relation: { ...bare, columns: planned, influences, order, step: node.name, path } };
}

/** What later steps read of a flow: its checkpoint. */
export function seenFlow({ node, relation }: AnalysedFlow): Relation {
  const { columns, order } = relation;
  return { ...scan(node.name, outputViewName(flowStageName(node.name)), columns), order };
}
