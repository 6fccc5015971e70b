import type { DataType } from "../types.ts";

/** An identifier, safe whatever it holds. */
export const quoteIdentifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A text literal, safe whatever it holds: only the quote is special. */
export const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const plain: Readonly<Record<string, string>> = {
  boolean: "BOOLEAN", integer: "BIGINT", double: "DOUBLE", string: "VARCHAR", date: "DATE", time: "TIME", timestamp: "TIMESTAMP",
  timestamptz: "TIMESTAMP WITH TIME ZONE", interval: "INTERVAL", json: "JSON", binary: "BLOB", null: "INTEGER", unknown: "INTEGER",
}; // prettier-ignore

/** A type as DuckDB spells it. */
export function printDuckdbType(type: DataType): string {
  switch (type.kind) {
    case "decimal":
      return `DECIMAL(${type.precision}, ${type.scale})`;
    case "list":
      return `${printDuckdbType(type.element)}[]`;
    case "struct":
      return `STRUCT(${type.fields.map((field) => `${quoteIdentifier(field.name)} ${printDuckdbType(field.type)}`).join(", ")})`;
    default:
      return plain[type.kind] ?? "VARCHAR";
  }
}
