import { decimalShape, types } from "../types.ts";
import type { FunctionEntry, Overload } from "./entry.ts";

const aggregate = (entry: Omit<FunctionEntry, "kind" | "group">): FunctionEntry => ({ kind: "aggregate", group: "Aggregates", ...entry });
const window = (entry: Omit<FunctionEntry, "kind" | "group">): FunctionEntry => ({ kind: "window", group: "Windows", ...entry });

const measure = (name: string, doc: string, duckdb: string): FunctionEntry =>
  aggregate({ name, doc, example: `${name}(n)`, overloads: [{ signature: `${name}(double) -> double`, duckdb, nulls: "always" }] });

const ordered = (name: string, doc: string): FunctionEntry =>
  aggregate({
    name,
    doc,
    example: `${name}(n order by t)`,
    order: "required",
    overloads: [{ signature: `${name}(T) -> T`, duckdb: `${name}(#1 #order)`, nulls: "always" }],
  });

/** The row's value travels in a struct, so that a null is a value too; equal keys are told apart by the value. */
const pick = (name: string, engine: string): readonly Overload[] => [
  { signature: `${name}(T, any) -> T`, duckdb: `${engine}({'x': #1}, {'k': #2, 'x': #1})`, wrap: "struct_extract(#call, 'x')", nulls: "always" },
];

/**
 * Aggregates and windows. Their templates are the call alone; the printer adds `filter` and `over` after it and then
 * wraps the whole in a cast where the type of the engine's result is not ours.
 */
export const aggregateFunctions: readonly FunctionEntry[] = [
  aggregate({
    name: "count",
    doc: "Rows (`count(*)`), values that are not null, or different ones (`count(distinct x)`).",
    example: "count(*)",
    distinct: true,
    overloads: [
      { signature: "count() -> integer", duckdb: "count(*)", nulls: "never" },
      { signature: "count(any) -> integer", duckdb: "count(#1)", nulls: "never" },
    ],
  }),
  aggregate({
    name: "sum",
    doc: "The sum of the values that are not null; null without any. Overflow is an error.",
    example: "sum(n)",
    distinct: true,
    overloads: [
      { signature: "sum(integer) -> integer", duckdb: "sum(#1)", wrap: "CAST(#call AS BIGINT)", nulls: "always" },
      {
        signature: "sum(decimal) -> decimal",
        duckdb: "sum(#1)",
        nulls: "always",
        returns: ([type]) => types.decimal(38, decimalShape(type ?? types.integer).scale),
      },
      { signature: "sum(double) -> double", duckdb: "sum(#1)", nulls: "always" },
    ],
  }),
  aggregate({
    name: "avg",
    doc: "The mean, a double.",
    example: "avg(n)",
    distinct: true,
    overloads: [{ signature: "avg(number) -> double", duckdb: "avg(#1)", nulls: "always" }],
  }),
  aggregate({ name: "min", doc: "The least value.", example: "min(s)", overloads: [{ signature: "min(T) -> T", duckdb: "min(#1)", nulls: "always" }] }),
  aggregate({ name: "max", doc: "The greatest value.", example: "max(s)", overloads: [{ signature: "max(T) -> T", duckdb: "max(#1)", nulls: "always" }] }),
  measure("median", "The middle value, or the mean of the two in the middle.", "median(#1)"),
  aggregate({
    name: "quantile",
    doc: "The value below which a share (0 to 1, written as a number) of the values lies, interpolated.",
    example: "quantile(n, 0.9)",
    overloads: [{ signature: "quantile(double, share) -> double", duckdb: "quantile_cont(#1, #2)", nulls: "always" }],
  }),
  measure("stddev", "Standard deviation of a sample.", "stddev_samp(#1)"),
  measure("variance", "Variance of a sample.", "var_samp(#1)"),
  aggregate({
    name: "min_by",
    doc: "The first argument where the second is least (nulls of the second are left out; ties: the least value).",
    example: "min_by(s, n)",
    overloads: pick("min_by", "arg_min"),
  }),
  aggregate({
    name: "max_by",
    doc: "The first argument where the second is greatest (nulls of the second are left out; ties: the greatest value).",
    example: "max_by(s, n)",
    overloads: pick("max_by", "arg_max"),
  }),
  ordered("first", "The first value in an order, which must be written."),
  ordered("last", "The last value in an order, which must be written."),
  aggregate({
    name: "list",
    doc: "All values as a list, in an order, which must be written.",
    example: "list(s order by n)",
    order: "required",
    overloads: [{ signature: "list(T) -> list<T>", duckdb: "list(#1 #order)", nulls: "always" }],
  }),
  aggregate({
    name: "string_agg",
    doc: "All texts as one, with a separator, in an order, which must be written.",
    example: "string_agg(s, ', ' order by n)",
    order: "required",
    overloads: [{ signature: "string_agg(string, text) -> string", duckdb: "string_agg(#1, #2 #order)", nulls: "always" }],
  }),
  aggregate({
    name: "bool_and",
    doc: "Whether all are true.",
    example: "bool_and(n > 1)",
    overloads: [{ signature: "bool_and(boolean) -> boolean", duckdb: "bool_and(#1)", nulls: "always" }],
  }),
  aggregate({
    name: "bool_or",
    doc: "Whether any is true.",
    example: "bool_or(n > 1)",
    overloads: [{ signature: "bool_or(boolean) -> boolean", duckdb: "bool_or(#1)", nulls: "always" }],
  }),
  aggregate({
    name: "approx_distinct",
    doc: "An estimate of how many different values there are; the plan marks it as approximate.",
    example: "approx_distinct(s)",
    approximate: true,
    overloads: [{ signature: "approx_distinct(any) -> integer", duckdb: "approx_count_distinct(#1)", nulls: "never" }],
  }),
];

const rank = (name: string, returns: string, doc: string): FunctionEntry =>
  window({ name, doc, example: `${name}()`, windowOrder: "ties", overloads: [{ signature: `${name}() -> ${returns}`, duckdb: `${name}()`, nulls: "never" }] });

const shifted = (name: string, doc: string): FunctionEntry =>
  window({
    name,
    doc,
    example: `${name}(n)`,
    windowOrder: "required",
    overloads: [
      { signature: `${name}(T) -> T`, duckdb: `${name}(#1)`, nulls: "always" },
      { signature: `${name}(T, count) -> T`, duckdb: `${name}(#1, #2)`, nulls: "always" },
      { signature: `${name}(T, count, T) -> T`, duckdb: `${name}(#1, #2, #3)`, nulls: "always" },
    ],
  });

const edge = (name: string, doc: string): FunctionEntry =>
  window({ name, doc, example: `${name}(n)`, windowOrder: "required", overloads: [{ signature: `${name}(T) -> T`, duckdb: `${name}(#1)`, nulls: "always" }] });

export const windowFunctions: readonly FunctionEntry[] = [
  window({
    name: "row_number",
    doc: "1, 2, 3 … in the order; ties are broken by the remaining columns.",
    example: "row_number()",
    windowOrder: "required",
    overloads: [{ signature: "row_number() -> integer", duckdb: "row_number()", nulls: "never" }],
  }),
  rank("rank", "integer", "The place in the order; ties share it and leave a gap after."),
  rank("dense_rank", "integer", "The place in the order; ties share it and leave no gap."),
  rank("percent_rank", "double", "The place in the order from 0 to 1."),
  window({
    name: "ntile",
    doc: "Which of so many groups of nearly equal size the row is in, from 1.",
    example: "ntile(4)",
    windowOrder: "required",
    overloads: [{ signature: "ntile(count) -> integer", duckdb: "ntile(#1)", nulls: "never" }],
  }),
  shifted("lag", "The value of an earlier row (1 before, or so many), else null or the third argument."),
  shifted("lead", "The value of a later row (1 after, or so many), else null or the third argument."),
  edge("first_value", "The value of the first row of the frame."),
  edge("last_value", "The value of the last row of the frame (by default the frame ends at the current row)."),
];
