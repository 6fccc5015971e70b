/** A cell of a result as it is compared: dates and times as text. */
export type Cell = string | number | boolean | null;

export interface Gold {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

const sameCell = (gold: Cell, own: Cell): boolean => {
  if (gold === null || own === null) return gold === own;
  if (typeof gold === "boolean" || typeof own === "boolean")
    return typeof gold !== "string" && typeof own !== "string" ? Boolean(gold) === Boolean(own) : String(gold) === String(own);
  if (typeof gold === "number" && typeof own === "number") {
    if (Number.isInteger(gold) && Number.isInteger(own)) return gold === own;
    return Math.abs(gold - own) <= Math.max(1e-9, 5e-4 * Math.abs(gold));
  }
  return String(gold).trim() === String(own).trim();
};

const sortKey = (cell: Cell): string => (cell === null ? "\0" : typeof cell === "number" ? cell.toPrecision(3) : String(cell).trim());
const rowKey = (row: readonly Cell[]): string => row.map(sortKey).join("\u0001");
const sorted = (rows: readonly (readonly Cell[])[]): (readonly Cell[])[] =>
  rows
    .map((row) => [rowKey(row), row] as const)
    .toSorted((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0))
    .map(([, row]) => row);

const sameRow = (gold: readonly Cell[], own: readonly Cell[]): boolean => gold.every((cell, at) => sameCell(cell, own[at]!));

const sameRows = (gold: readonly (readonly Cell[])[], own: readonly (readonly Cell[])[], ordered: boolean): boolean => {
  if (gold.length !== own.length) return false;
  if (ordered) return gold.every((row, at) => sameRow(row, own[at]!));
  const [left, right] = [sorted(gold), sorted(own)];
  if (left.every((row, at) => sameRow(row, right[at]!))) return true;
  if (gold.length > 400) return false;
  const rest = [...own];
  return gold.every((row) => {
    const at = rest.findIndex((other) => sameRow(row, other));
    if (at >= 0) rest.splice(at, 1);
    return at >= 0;
  });
};

const complete = (rows: readonly (readonly Cell[])[]): (readonly Cell[])[] => rows.filter((row) => row.every((cell) => cell !== null));

/** Whether a column of the result could be a gold column: the same values in some order. */
const columnFits = (gold: readonly (readonly Cell[])[], goldAt: number, own: readonly (readonly Cell[])[], ownAt: number): boolean =>
  sameRows(
    gold.map((row) => [row[goldAt]!]),
    own.map((row) => [row[ownAt]!]),
    false,
  );

/** Whether gold columns map injectively onto result columns so that the rows agree; a port of the reference's `match`. */
export const matchesGold = (gold: Gold, rows: readonly (readonly Cell[])[], ordered: boolean, nullOptional: boolean): boolean => {
  const wanted = nullOptional ? complete(gold.rows) : gold.rows;
  if (rows.length === 0) return wanted.length === 0;
  const width = rows[0]!.length;
  if (width < gold.columns.length) return false;
  if (!nullOptional && rows.length !== wanted.length) return false;
  const options = gold.columns.map((_, at) =>
    Array.from({ length: width }, (_unused, own) => own).filter((own) => nullOptional || columnFits(wanted, at, rows, own)),
  );
  const tryColumns = (chosen: readonly number[]): boolean => {
    if (chosen.length === gold.columns.length) {
      const picked = rows.map((row) => chosen.map((at) => row[at]!));
      return sameRows(wanted, nullOptional ? complete(picked) : picked, ordered);
    }
    return options[chosen.length]!.some((at) => !chosen.includes(at) && tryColumns([...chosen, at]));
  };
  return tryColumns([]);
};
