import type { DataType, PlanContext, Relation } from "@rivergen/relational";
import { castColumns, nearest, pointer, printType, sameType, widen } from "@rivergen/relational";

/** Whether a value of one type may be stored as the other without anyone writing a cast: widening, or a decimal of the same places. */
export function isStorable(from: DataType, to: DataType): boolean {
  if (sameType(from, to)) return true;
  if (from.kind === "decimal" && to.kind === "decimal") return from.scale <= to.scale;
  const both = widen(from, to);
  return both !== undefined && (both.kind === "unknown" || sameType(both, to) || (from.kind === "integer" && to.kind === "decimal"));
}

/**
 * Compares a result with the columns its output promises. Missing, extra and differently typed columns are faults;
 * what is storable is converted (a decimal that is too great for its promised digits then fails the run).
 */
export function readContract(context: PlanContext, relation: Relation, contract: ReadonlyMap<string, DataType>): Relation | undefined {
  const present = new Map(relation.columns.map((column) => [column.name, column]));
  let isKept = true;
  const refuse = (path: string, message: string): void => {
    context.report(path, "OUTPUT_CONTRACT", message);
    isKept = false;
  };
  for (const [name, type] of contract) {
    const path = pointer(context.path, name);
    const column = present.get(name);
    const found = column ? undefined : nearest(name, [...present.keys()]);
    if (!column) refuse(path, `the result has no column ${name}${found ? `; the nearest is ${found}` : ""}`);
    else if (!isStorable(column.type, type)) refuse(path, `${name} is ${printType(column.type)} in the result, and ${printType(type)} is promised: cast it`);
  }
  for (const name of present.keys()) {
    if (!contract.has(name)) refuse(context.path, `the result has a column ${name} that is not promised: drop it, or add it here`);
  }
  return isKept ? castColumns(context, relation, contract) : undefined;
}
