import type { JobContext } from "../job.ts";
import { Unreadable } from "./model.ts";
import { name, rows, text } from "./sql.ts";
import type { TextTable } from "./table.ts";

/** A column whose values may not fit the type that was asked for. */
export interface Misfit {
  /** Name for people. */
  readonly column: string;
  /** Name inside the relation. */
  readonly id: string;
  /** SQL that is true where a value does not fit. */
  readonly condition: string;
}

interface MisfitRow {
  readonly line: string;
  readonly fault: number;
  readonly text: string;
  readonly value: string | null;
}

/** Rows told of at a time; all are counted. */
const maxListed = 1_000;

/**
 * Lists rows whose values do not fit the types that were asked for.
 * @param append whether one such row refuses the whole file
 * @returns how many they are
 * @throws Unreadable DATASET_SCHEMA_MISMATCH for an append
 */
export async function rejectMisfits(context: JobContext, table: TextTable, misfits: readonly Misfit[], append: boolean): Promise<number> {
  if (misfits.length === 0) return 0;
  const found = await findMisfits(context, table, misfits);
  const columnOf = (one: MisfitRow): string => misfits[one.fault]?.column ?? "";
  const [first] = found;
  if (append && first !== undefined) {
    const columns = [...new Set(found.map(columnOf))];
    const titles = columns.map((one) => `"${one}"`).join(", ");
    const reason = `The types of ${titles} differ from those of the dataset: line ${first.line} holds "${first.value ?? ""}". Correct the file, or replace the dataset instead of appending.`;
    throw new Unreadable(reason, { code: "DATASET_SCHEMA_MISMATCH", columns, dialect: table.dialect });
  }
  for (const one of found) table.rejects.add(Number(one.line), columnOf(one), `"${one.value ?? ""}" does not fit the type that was asked for.`, () => one.text);
  if (found.length < maxListed) return found.length;
  const [total] = await rows<{ count: string }>(context.connection, `SELECT count(*) AS count FROM ${table.relation} WHERE ${anyOf(misfits)}`);
  table.rejects.addUntold(Number(total?.count ?? 0) - found.length);
  return Number(total?.count ?? 0);
}

/** Condition that is true for rows with any misfit. */
export const anyOf = (misfits: readonly Misfit[]): string => misfits.map(({ condition }) => condition).join(" OR ");

function findMisfits(context: JobContext, table: TextTable, misfits: readonly Misfit[]): Promise<MisfitRow[]> {
  const fault = `CASE ${misfits.map(({ condition }, index) => `WHEN ${condition} THEN ${index}`).join(" ")} END`;
  const value = `CASE fault ${misfits.map(({ id }, index) => `WHEN ${index} THEN left(CAST(${name(id)} AS VARCHAR), 100)`).join(" ")} END`;
  const whole = `concat_ws(${text(table.dialect.delimiter ?? ", ")}, ${table.columns.map((column) => `coalesce(CAST(${name(column.id)} AS VARCHAR), '')`).join(", ")})`;
  return rows(
    context.connection,
    `SELECT ${table.line} AS line, fault, left(${whole}, 500) AS text, ${value} AS value FROM (SELECT *, ${fault} AS fault FROM ${table.relation}) WHERE fault IS NOT NULL ORDER BY line LIMIT ${maxListed}`,
  );
}
