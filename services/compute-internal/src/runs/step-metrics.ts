import type { RiverDocument, RunStep } from "@rivergen/contracts";

type StepMetrics = Pick<RunStep, "name" | "rowsIn" | "rowsOut" | "durationMs">;
interface Operator {
  readonly name: string;
  readonly depth: number;
  readonly rows: number;
}
interface Metrics {
  readonly rowsScanned: number | null;
  /** A walk of the physical plan from its root. */
  readonly operators: readonly Operator[];
}
interface StageEnd {
  readonly rowCount: number;
  readonly wallMs: number;
}

const aggregates = new Set(["HASH_GROUP_BY", "PERFECT_HASH_GROUP_BY", "PARTITIONED_AGGREGATE", "UNGROUPED_AGGREGATE"]);

/**
 * Rows and time of the steps of a stage, where the engine's profile tells them. The engine fuses and reorders steps, so
 * most have no place of their own in its plan; certain are the ends (the first step reads what was scanned, the last
 * gives what was written) and an aggregation, which nothing moves across: what goes in is what the step before it gave.
 */
export function stepMetrics(
  stage: { readonly steps: readonly string[] },
  steps: readonly string[],
  document: RiverDocument,
  metrics: Metrics,
  end: StageEnd,
): StepMetrics[] {
  const last = stage.steps.at(-1);
  const around = aroundAggregate(stage.steps, document, metrics.operators);
  return steps.map((name) => ({
    name,
    rowsIn: name === stage.steps[0] ? metrics.rowsScanned : (around?.rowsIn.get(name) ?? null),
    rowsOut: name === last ? end.rowCount : (around?.rowsOut.get(name) ?? null),
    durationMs: name === last ? Math.round(end.wallMs * 10) / 10 : null,
  }));
}

/** What went into and came out of the only aggregation of a stage; undefined where there is none or several. */
function aroundAggregate(
  names: readonly string[],
  document: RiverDocument,
  operators: readonly Operator[],
): { rowsIn: Map<string, number>; rowsOut: Map<string, number> } | undefined {
  const places = operators.flatMap(({ name }, index) => (aggregates.has(name) ? [index] : []));
  const aggregating = names.filter((name) => operatorsOf(document, name).some(({ aggregate }) => aggregate !== undefined));
  const [place] = places;
  const [name] = aggregating;
  if (place === undefined || name === undefined || places.length > 1 || aggregating.length > 1) return undefined;
  const node = operators[place] as Operator;
  const child = operators.slice(place + 1).find(({ depth }) => depth === node.depth + 1);
  const own = operatorsOf(document, name);
  const from = document.steps?.[name]?.from;
  const isFirst = own[0]?.aggregate !== undefined;
  const isLast = own.at(-1)?.aggregate !== undefined && own.at(-1)?.aggregate?.having === undefined;
  return {
    rowsIn: new Map(isFirst && child ? [[name, child.rows]] : []),
    rowsOut: new Map([...(isFirst && child && typeof from === "string" ? [[from, child.rows] as const] : []), ...(isLast ? [[name, node.rows] as const] : [])]),
  };
}

function operatorsOf(document: RiverDocument, name: string): NonNullable<NonNullable<RiverDocument["steps"]>[string]["do"]> {
  const step = document.steps?.[name];
  return step?.do ?? (step ? [step] : []);
}
