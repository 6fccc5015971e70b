import type { DataType } from "../types.ts";
import { decimalShape, types } from "../types.ts";
import type { FunctionEntry } from "./entry.ts";

/** A decimal without its places; everything else stays. */
const wholeOf = ([type]: readonly DataType[]): DataType =>
  type?.kind === "decimal" ? types.decimal(decimalShape(type).precision, 0) : (type ?? types.unknown);

const number = (entry: Omit<FunctionEntry, "kind" | "group">): FunctionEntry => ({ kind: "scalar", group: "Numbers", ...entry });
const condition = (entry: Omit<FunctionEntry, "kind" | "group">): FunctionEntry => ({ kind: "scalar", group: "Conditions", ...entry });
const json = (entry: Omit<FunctionEntry, "kind" | "group">): FunctionEntry => ({ kind: "scalar", group: "Lists and JSON", ...entry });

const real = (name: string, doc: string, example: string, duckdb = `${name}(#1)`): FunctionEntry =>
  number({ name, doc, example, overloads: [{ signature: `${name}(double) -> double`, duckdb }] });

export const numberFunctions: readonly FunctionEntry[] = [
  number({
    name: "abs",
    doc: "The value without its sign. The smallest integer has none: an error.",
    example: "abs(-3)",
    overloads: [{ signature: "abs(N) -> N", duckdb: "abs(#1)" }],
  }),
  number({
    name: "sign",
    doc: "-1, 0 or 1.",
    example: "sign(-2.5)",
    overloads: [{ signature: "sign(number) -> integer", duckdb: "CAST(sign(#1) AS BIGINT)" }],
  }),
  number({
    name: "round",
    doc: "Rounds half away from zero, to a number of places (default 0; it is written as a number).",
    example: "round(2.345, 2)",
    overloads: [
      { signature: "round(integer) -> integer", duckdb: "#1" },
      { signature: "round(decimal) -> decimal", duckdb: "round(#1)", returns: wholeOf },
      { signature: "round(double) -> double", duckdb: "round(#1)" },
      // In 64 bits the engine wraps around.
      { signature: "round(integer, count) -> integer", duckdb: "CAST(round(CAST(#1 AS DECIMAL(38, 0)), CAST(#2 AS INTEGER)) AS BIGINT)" },
      { signature: "round(decimal, count) -> decimal", duckdb: "round(#1, CAST(#2 AS INTEGER))", returns: ([type]) => type ?? types.unknown },
      { signature: "round(double, count) -> double", duckdb: "round(#1, CAST(#2 AS INTEGER))" },
    ],
  }),
  number({
    name: "ceil",
    doc: "The smallest whole number that is not less.",
    example: "ceil(2.1)",
    overloads: [
      { signature: "ceil(integer) -> integer", duckdb: "#1" },
      { signature: "ceil(decimal) -> decimal", duckdb: "ceil(#1)", returns: wholeOf },
      { signature: "ceil(double) -> double", duckdb: "ceil(#1)" },
    ],
  }),
  number({
    name: "floor",
    doc: "The largest whole number that is not greater.",
    example: "floor(2.9)",
    overloads: [
      { signature: "floor(integer) -> integer", duckdb: "#1" },
      { signature: "floor(decimal) -> decimal", duckdb: "floor(#1)", returns: wholeOf },
      { signature: "floor(double) -> double", duckdb: "floor(#1)" },
    ],
  }),
  number({
    name: "trunc",
    doc: "Cuts the places off, towards zero.",
    example: "trunc(-2.9)",
    overloads: [
      { signature: "trunc(integer) -> integer", duckdb: "#1" },
      { signature: "trunc(decimal) -> decimal", duckdb: "trunc(#1)", returns: wholeOf },
      { signature: "trunc(double) -> double", duckdb: "trunc(#1)" },
    ],
  }),
  number({
    name: "div",
    doc: "Whole-number division, cut towards zero; null for a zero divisor. Also written `a div b`.",
    example: "div(7, 2)",
    overloads: [{ signature: "div(integer, integer) -> integer", duckdb: "(#1 // #2)", nulls: "always" }],
  }),
  number({
    name: "mod",
    doc: "What whole-number division leaves, with the sign of the dividend; null for a zero divisor. Also written `a mod b` and `a % b`.",
    example: "mod(7, 2)",
    overloads: [
      { signature: "mod(integer, integer) -> integer", duckdb: "(#1 % #2)", nulls: "always" },
      { signature: "mod(double, double) -> double", duckdb: "(#1 % nullif(#2, 0))", nulls: "always" },
    ],
  }),
  real("sqrt", "Square root; of a negative number it is an error.", "sqrt(2)"),
  real("exp", "e to a power.", "exp(1)"),
  real("ln", "Natural logarithm; of zero or less it is an error.", "ln(10)"),
  real("log10", "Logarithm to base 10.", "log10(1000)"),
  real("log2", "Logarithm to base 2.", "log2(8)"),
  number({
    name: "power",
    doc: "One number to the power of another.",
    example: "power(2, 10)",
    overloads: [{ signature: "power(double, double) -> double", duckdb: "pow(#1, #2)" }],
  }),
  number({
    name: "random",
    doc: "From 0 to below 1, drawn from the run's seed and the row: the same run gives the same numbers.",
    example: "random()",
    overloads: [{ signature: "random() -> double", duckdb: "#random", nulls: "never" }],
  }),
];

export const conditionFunctions: readonly FunctionEntry[] = [
  condition({
    name: "coalesce",
    doc: "The first value that is not null.",
    example: "coalesce(null, 1)",
    overloads: [{ signature: "coalesce(T, ...) -> T", duckdb: "coalesce(#*)", nulls: "all" }],
  }),
  condition({
    name: "nullif",
    doc: "Null where both are equal, else the first.",
    example: "nullif(1, 0)",
    overloads: [{ signature: "nullif(T, T) -> T", duckdb: "nullif(#1, #2)", nulls: "always" }],
  }),
  condition({
    name: "if",
    doc: "The second where the first is true, else the third.",
    example: "if(1 > 0, 'yes', 'no')",
    overloads: [{ signature: "if(boolean, T, T) -> T", duckdb: "CASE WHEN #1 THEN #2 ELSE #3 END" }],
  }),
  condition({
    name: "greatest",
    doc: "The greatest value; nulls are left out.",
    example: "greatest(1, 2.5)",
    overloads: [{ signature: "greatest(T, ...) -> T", duckdb: "greatest(#*)", nulls: "all" }],
  }),
  condition({
    name: "least",
    doc: "The least value; nulls are left out.",
    example: "least(1, 2.5)",
    overloads: [{ signature: "least(T, ...) -> T", duckdb: "least(#*)", nulls: "all" }],
  }),
];

export const listFunctions: readonly FunctionEntry[] = [
  json({
    name: "list_contains",
    doc: "Whether a list holds a value.",
    example: "list_contains([1, 2], 2)",
    overloads: [{ signature: "list_contains(list<T>, T) -> boolean", duckdb: "list_contains(#1, #2)" }],
  }),
  json({
    name: "list_distinct",
    doc: "A list's values without repeats and nulls, in order of value.",
    example: "list_distinct([1, 1, 2])",
    overloads: [{ signature: "list_distinct(list<T>) -> list<T>", duckdb: "list_sort(list_distinct(#1))" }],
  }),
  json({
    name: "list_sort",
    doc: "A list in order of value, nulls last.",
    example: "list_sort([2, 1])",
    overloads: [{ signature: "list_sort(list<T>) -> list<T>", duckdb: "list_sort(#1, 'ASC', 'NULLS LAST')" }],
  }),
  json({
    name: "list_join",
    doc: "A list of texts as one text, with a separator between.",
    example: "list_join(['a', 'b'], '-')",
    overloads: [{ signature: "list_join(list<string>, string) -> string", duckdb: "array_to_string(#1, #2)" }],
  }),
  json({
    name: "json_value",
    doc: "The part of a JSON value at a path, as JSON; null where there is none.",
    example: "json_value(json '{\"a\": 1}', '$.a')",
    overloads: [{ signature: "json_value(json, string) -> json", duckdb: "CAST(json_extract(#1, #2) AS JSON)", nulls: "always" }],
  }),
  json({
    name: "json_text",
    doc: "The part of a JSON value at a path, as text; null where there is none.",
    example: "json_text(json '{\"a\": \"x\"}', '$.a')",
    overloads: [{ signature: "json_text(json, string) -> string", duckdb: "CAST(json_extract_string(#1, #2) AS VARCHAR)", nulls: "always" }],
  }),
];
