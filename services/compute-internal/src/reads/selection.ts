import { AppError, type Fault } from "@rivergen/contracts";
import { parseType, readPredicate } from "@rivergen/relational";
import type { JobInput } from "@rivergen/sandbox";

export type Selection = Pick<JobInput<"page">, "where" | "orderBy">;
interface Column {
  readonly name: string;
  readonly type: string;
}

/**
 * Reads what a person asks of a table's rows: `filter`, an expression, and `sort`, columns by comma with `-` for the
 * other direction, in double quotes where a name holds a comma, a quote or a leading `-`.
 * @throws INVALID_REQUEST with the place of every fault
 */
export function readSelection(columns: readonly Column[], given: { readonly sort?: string | undefined; readonly filter?: string | undefined }): Selection {
  const where = given.filter === undefined ? undefined : readFilter(columns, given.filter);
  const orderBy = given.sort === undefined ? undefined : readSort(columns, given.sort);
  return { ...(where === undefined ? {} : { where }), ...(orderBy === undefined ? {} : { orderBy }) };
}

function readFilter(columns: readonly Column[], text: string): string {
  const typed = columns.flatMap(({ name, type }) => {
    const reading = parseType(type);
    return reading.ok ? [{ name, type: reading.type }] : [];
  });
  const reading = readPredicate(text, typed, new Date().toISOString());
  if (reading.ok) return reading.sql;
  throw refusal(reading.faults.map(({ code, message, place }) => ({ path: "query/filter", code, message, line: place.line, column: place.column })));
}

/** One item of a sort: `-` or nothing, then a name in quotes (a quote inside stands twice) or up to the next comma. */
const item = /(-?)(?:"((?:[^"]|"")+)"|([^",]+))(,|$)/y;

function readSort(columns: readonly Column[], text: string): NonNullable<Selection["orderBy"]> {
  const found: { column: string; descending: boolean }[] = [];
  const faults: Fault[] = [];
  const isColumn = (name: string): boolean => columns.some((column) => column.name === name);
  item.lastIndex = 0;
  for (let at = 0, more = true; more; at = item.lastIndex) {
    const match = item.exec(text);
    if (match === null) throw refusal([{ path: "query/sort", code: "INVALID_FORMAT", message: `is not a list of columns from here: ${text.slice(at)}` }]);
    const written = match[2]?.replaceAll('""', '"') ?? match[3] ?? "";
    // In quotes a name stands as it is; without them spaces around it may be for the eye.
    const name = match[2] === undefined && !isColumn(written) ? written.trim() : written;
    if (!isColumn(name)) {
      faults.push({ path: "query/sort", code: "UNKNOWN_COLUMN", message: `there is no column ${name}`, line: 1, column: at + 1 });
    } else if (!found.some(({ column }) => column === name)) found.push({ column: name, descending: match[1] === "-" });
    more = match[4] === ",";
  }
  if (faults.length > 0) throw refusal(faults);
  return found;
}

const refusal = (errors: readonly Fault[]): AppError => new AppError("INVALID_REQUEST", { errors: [...errors] });
