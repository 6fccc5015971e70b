import type { PlanningCatalog } from "@rivergen/contracts";
import type { Catalog } from "./compile-catalog.ts";

/** One step along a key. `forward`: from the table that holds the reference to the one it names (at most one row there). */
export interface Hop {
  readonly from: string;
  readonly fromColumn: string;
  readonly to: string;
  readonly toColumn: string;
  readonly forward: boolean;
  /** The column that holds the reference: two keys to one table differ by it. */
  readonly role: string;
}
export type Path = readonly Hop[];

const isUnique = (catalog: Catalog, table: string, column: string): boolean =>
  catalog.tables.get(table)?.columns.find((candidate) => candidate.name === column)?.unique ?? false;

const hopsFrom = (catalog: Catalog, keys: PlanningCatalog["keys"], table: string): Hop[] =>
  keys.flatMap((key) => {
    const forward: Hop = { from: key.from.table, fromColumn: key.from.column, to: key.to.table, toColumn: key.to.column, forward: true, role: key.from.column };
    const oneToOne = isUnique(catalog, key.from.table, key.from.column);
    const back: Hop = {
      from: key.to.table,
      fromColumn: key.to.column,
      to: key.from.table,
      toColumn: key.from.column,
      forward: oneToOne,
      role: key.from.column,
    };
    return [...(key.from.table === table ? [forward] : []), ...(key.to.table === table ? [back] : [])];
  });

/** What a path costs: hops against the key's direction can multiply rows, so they weigh a little more. */
export const pathCost = (path: Path): number => path.reduce((sum, hop) => sum + (hop.forward ? 1 : 1.25), 0);

/** All shortest ways between two tables (at most four hops), several when keys with different roles lead there. */
export const shortestPaths = (catalog: Catalog, from: string, to: string): readonly Path[] => {
  if (from === to) return [[]];
  let frontier: Path[] = [[]];
  for (let depth = 0; depth < 4; depth++) {
    frontier = frontier.flatMap((path) => {
      const visited = new Set([from, ...path.map((hop) => hop.to)]);
      return hopsFrom(catalog, catalog.keys, path.at(-1)?.to ?? from)
        .filter((hop) => !visited.has(hop.to))
        .map((hop) => [...path, hop]);
    });
    const found = frontier.filter((path) => path.at(-1)!.to === to);
    if (found.length > 0) {
      const best = Math.min(...found.map(pathCost));
      return found.filter((path) => pathCost(path) <= best + 0.3);
    }
  }
  return [];
};

/** Whether no row can be multiplied on the way. */
export const isLookup = (path: Path): boolean => path.every((hop) => hop.forward);
