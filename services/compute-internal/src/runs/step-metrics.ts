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

interface Around {
  readonly rowsIn: ReadonlyMap<string, number>;
  readonly rowsOut: ReadonlyMap<string, number>;
}

/** What went into and came out of the only aggregation of a stage; undefined where there is none or several. */
function aroundAggregate(names: readonly string[], document: RiverDocument, operators: readonly Operator[]): Around | undefined {
  const place = onlyOf(operators.flatMap(({ name }, index) => (aggregates.has(name) ? [index] : [])));
  const name = onlyOf(names.filter((step) => operatorsOf(document, step).some(({ aggregate }) => aggregate !== undefined)));
  if (place === undefined || name === undefined) return undefined;
  const node = operators[place] as Operator;
  const given = operators.slice(place + 1).find(({ depth }) => depth === node.depth + 1)?.rows;
  const own = operatorsOf(document, name);
  const isFirst = own[0]?.aggregate !== undefined;
  const rowsOut = new Map(endsAggregated(own) ? [[name, node.rows]] : []);
  if (!isFirst || given === undefined) return { rowsIn: new Map(), rowsOut };
  const from = document.steps?.[name]?.from;
  return { rowsIn: new Map([[name, given]]), rowsOut: typeof from === "string" ? new Map([[from, given], ...rowsOut]) : rowsOut };
}

function onlyOf<T>(list: readonly T[]): T | undefined {
  return list.length === 1 ? list[0] : undefined;
}

/** Whether the last operator of a step is an aggregation that gives every group. */
function endsAggregated(operators: ReturnType<typeof operatorsOf>): boolean {
  const last = operators.at(-1)?.aggregate;
  return last !== undefined && last.having === undefined;
}

function operatorsOf(document: RiverDocument, name: string): NonNullable<NonNullable<RiverDocument["steps"]>[string]["do"]> {
  const step = document.steps?.[name];
  return step?.do ?? (step ? [step] : []);
}
