import type { PlanningCatalog, PlanningTable } from "@rivergen/contracts";
import { nounLemma } from "@rivergen/words";
import { splitName } from "./natural-name.ts";

/** How results name what was worked out: `avg_delay`, `delay_count`, `total`, `share`. */
const worked = new Set([
  "avg",
  "average",
  "mean",
  "sum",
  "total",
  "count",
  "min",
  "max",
  "median",
  "share",
  "change",
  "previous",
  "rank",
  "place",
  "stddev",
  "range",
]);

const lemmas = (name: string): string => splitName(name).map(nounLemma).join(" ");

/** A number that was worked out over another table: named after an aggregate, or after the things that were counted. */
const isWorkedOut = (column: PlanningTable["columns"][number], bases: readonly PlanningTable[]): boolean => {
  if (!/^(integer|decimal|double)/.test(column.type)) return false;
  const words = splitName(column.name);
  return words.some((word) => worked.has(word)) || bases.some((base) => lemmas(base.name) === lemmas(column.name));
};

/**
 * Tables that only repeat what can be worked out from larger ones, as results kept of a river do: every column is another
 * table's, or a number worked out over one, and there is at least one of each.
 */
export const findSummaries = ({ tables }: PlanningCatalog): ReadonlySet<string> =>
  new Set(
    tables
      .filter((table) => {
        const bases = tables.filter((other) => other !== table && (other.rowCount ?? 0) > (table.rowCount ?? 0));
        const known = new Set(bases.flatMap((base) => base.columns.map(({ name }) => lemmas(name))));
        const numbers = table.columns.filter((column) => isWorkedOut(column, bases));
        const rest = table.columns.filter((column) => !numbers.includes(column));
        return numbers.length > 0 && rest.length > 0 && rest.every(({ name }) => known.has(lemmas(name)));
      })
      .map(({ name }) => name),
  );
