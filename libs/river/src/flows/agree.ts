import { sameType } from "@rivergen/relational";
import type { RecordColumn, RecordType } from "./record.ts";
import { describeColumn, recordType } from "./record.ts";

function differenceOf(one: RecordType, other: RecordType): string | undefined {
  for (const column of one.columns) {
    const same = other.columns[other.positions.get(column.name) ?? -1];
    if (!same) return `one way gives ${describeColumn(column)}, and another does not: give it on every way`;
    if (!sameType(same.type, column.type)) return `ways give ${describeColumn(column)} and ${describeColumn(same)}: cast one of them`;
  }
  const extra = other.columns.find(({ name }) => !one.positions.has(name));
  return extra && `one way gives ${describeColumn(extra)}, and another does not: give it on every way`;
}

function join(column: RecordColumn, others: readonly RecordType[]): RecordColumn {
  const same = others.flatMap((other) => other.columns[other.positions.get(column.name) ?? -1] ?? []);
  const { name, type } = column;
  const nullable = column.nullable || same.some((other) => other.nullable);
  return same.every(({ identity }) => identity === column.identity) ? { ...column, nullable } : { name, type, nullable, identity: Symbol(name) };
}

/** What comes out where one of several ways was taken: they must give the same columns. Undefined after telling why they do not. */
export function agree(ways: readonly RecordType[], tell: (message: string) => void): RecordType | undefined {
  const [one, ...others] = ways;
  if (!one) return undefined;
  for (const other of others) {
    const difference = differenceOf(one, other);
    if (difference === undefined) continue;
    tell(difference);
    return undefined;
  }
  return recordType(one.columns.map((column) => join(column, others)));
}
