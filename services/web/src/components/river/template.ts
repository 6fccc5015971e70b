import type { Dataset } from "@rivergen/contracts";

type Table = Pick<Dataset, "name" | "columns" | "rowCount" | "status">;
const plain = /^[a-z_][a-z0-9_]*$/i;

/** A first river over a real table: how often each value of a column stands there. Undefined where there is no table. */
export function firstRiver(tables: readonly Table[], name: string, description: string): string | undefined {
  const [table] = tables.filter(({ status }) => status === "ready").toSorted((one, other) => (other.rowCount ?? 0) - (one.rowCount ?? 0));
  if (!table) return undefined;
  const group = table.columns.find(({ type, name: column }) => type === "string" && plain.test(column))?.name;
  const steps =
    group === undefined
      ? `  few:\n    from: ${table.name}\n    limit: 100\n`
      : `  counted:\n    from: ${table.name}\n    aggregate:\n      by: [${group}]\n      values:\n        row_count: count(*)\n  largest:\n    from: counted\n    do:\n      - orderBy: [row_count desc]\n      - limit: 10\n`;
  return `apiVersion: rivergen.dev/v1
river: ${name}
description: ${description}
sources:
  ${table.name}:
    dataset: ${table.name}
steps:
${steps}outputs:
  ${name}:
    from: ${group === undefined ? "few" : "largest"}
`;
}
