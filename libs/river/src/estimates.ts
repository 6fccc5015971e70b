import type { RiverDocument } from "@rivergen/contracts";
import type { Estimator, FanOut, Relation, TableStatistics } from "@rivergen/relational";
import { createEstimator, inputsOf } from "@rivergen/relational";
import type { Datasets } from "./catalog.ts";
import { findDataset } from "./catalog.ts";
import type { Faults } from "./fault.ts";
import { sourceViewName } from "./views.ts";

/** Estimates rows from what the catalog knows of the datasets that a document reads. */
export function estimatorOf(document: RiverDocument, datasets: Datasets | undefined): Estimator {
  const tables = new Map<string, TableStatistics>();
  for (const [name, source] of Object.entries(document.sources)) {
    const dataset = datasets && typeof source.dataset === "string" ? findDataset(datasets, source.dataset, source.version) : undefined;
    if (dataset?.rowCount !== undefined) tables.set(sourceViewName(name), { rowCount: dataset.rowCount, columns: dataset.profile?.columns ?? null });
  }
  return createEstimator((view) => tables.get(view));
}

/** Warns of each join of a step whose rows meet several of the other side in both directions. */
export function warnOfFanOut(relation: Relation, step: string, estimator: Estimator, faults: Faults): void {
  const seen = new Set<Relation>();
  const walk = (current: Relation): void => {
    if (seen.has(current) || current.step !== step) return;
    seen.add(current);
    for (const input of inputsOf(current)) walk(input);
    const found = current.kind === "join" ? estimator.fanOut(current) : undefined;
    if (found) faults.warn(current.path, "MANY_TO_MANY", describeFanOut(found));
  };
  walk(relation);
}

const count = (value: number): string => Math.max(value > 0 ? 1 : 0, Math.round(value)).toLocaleString("en-US");
const average = (value: number): string => (value < 10 ? String(Math.round(value * 10) / 10) : count(value));

function describeFanOut({ keys, leftRows, rightRows, leftPerValue, rightPerValue, rows }: FanOut): string {
  const each = leftRows > 0 ? ` (${average(rows / leftRows)} for each on the left)` : "";
  const sizes = `about ${count(leftRows)} rows joined with ${count(rightRows)} give ${count(rows)}${each}`;
  if (keys.length === 0) return `nothing keeps a row from meeting many of the other side: ${sizes}`;
  const shared = `${average(leftPerValue)} on the left and ${average(rightPerValue)} on the right on average`;
  return `rows repeat ${keys.join(", ")} on both sides (${shared}), so sums and counts after it may count a row many times: ${sizes}; aggregate or dedupe one side first if that is not meant`;
}
