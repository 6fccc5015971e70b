import type { DuckDBPreparedStatement } from "@duckdb/node-api";
import { BIGINT, BOOLEAN, DOUBLE, LIST, SQLNULL, VARCHAR, listValue } from "@duckdb/node-api";
import type { DuckDBType, DuckDBValue } from "@duckdb/node-api";
import { JobFailure } from "./jobs/job.ts";

type Scalar = string | number | boolean | null;

/** A value of a parameter: a scalar, or a list of scalars of one kind. Dates and decimals are given as text. */
export type ParameterValue = Scalar | readonly Scalar[];

/**
 * Binds values by name; a name may be written with or without its `$`.
 * @throws JobFailure QUERY_FAILED when one is missing or is not used
 */
export function bindParameters(statement: DuckDBPreparedStatement, parameters: Readonly<Record<string, ParameterValue>>): void {
  const values = new Map(Object.entries(parameters).map(([name, value]) => [name.replace(/^\$/, ""), value]));
  for (let index = 1; index <= statement.parameterCount; index += 1) {
    const name = statement.parameterName(index);
    const value = values.get(name);
    if (value === undefined) throw unfit(name, `The parameter $${name} has no value`);
    statement.bindValue(index, toValue(value), toType(value));
    values.delete(name);
  }
  for (const name of values.keys()) throw unfit(name, `The statement has no parameter $${name}`);
}

function unfit(name: string, message: string): JobFailure {
  return new JobFailure("QUERY_FAILED", { detail: message, errors: [{ path: `/parameters/${name}`, code: "PARAMETER", message }] });
}

function toValue(value: ParameterValue): DuckDBValue {
  if (typeof value === "object" && value !== null) return listValue(value.map(toValue));
  return typeof value === "number" && Number.isSafeInteger(value) ? BigInt(value) : value;
}

function toType(value: ParameterValue): DuckDBType {
  if (value === null) return SQLNULL;
  if (typeof value === "object") return LIST(toType(value.find((item) => item !== null) ?? null));
  if (typeof value === "string") return VARCHAR;
  if (typeof value === "boolean") return BOOLEAN;
  return Number.isSafeInteger(value) ? BIGINT : DOUBLE;
}
