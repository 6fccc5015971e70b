import { aggregateFunctions, windowFunctions } from "./aggregate.ts";
import type { FunctionEntry } from "./entry.ts";
import { conditionFunctions, listFunctions, numberFunctions } from "./scalar.ts";
import { textFunctions } from "./text.ts";
import { timeFunctions } from "./time.ts";

/** Every function of the expression language, in the order of the documentation. */
export const functionCatalogue: readonly FunctionEntry[] = [
  ...conditionFunctions,
  ...numberFunctions,
  ...textFunctions,
  ...timeFunctions,
  ...listFunctions,
  ...aggregateFunctions,
  ...windowFunctions,
];

const byName = new Map(functionCatalogue.map((entry) => [entry.name, entry]));

/** What other systems call functions that stand here under another name. */
const otherNames: Readonly<Record<string, string>> = {
  mean: "avg", average: "avg", std: "stddev", stddev_samp: "stddev", var_samp: "variance", substring: "substr", len: "length", char_length: "length",
  ceiling: "ceil", pow: "power", ifnull: "coalesce", isnull: "x is null", nvl: "coalesce", strpos: "position", datediff: "date_diff", array_agg: "list",
  group_concat: "string_agg", listagg: "string_agg", every: "bool_and", arg_min: "min_by", arg_max: "max_by", current_date: "today", current_timestamp: "now",
  datetrunc: "date_trunc", string_split: "split", ucase: "upper", lcase: "lower", approx_count_distinct: "approx_distinct", percentile_cont: "quantile",
}; // prettier-ignore

export function findFunction(name: string): FunctionEntry | undefined {
  return byName.get(name);
}

/** Our word for a function that others call differently. */
export function otherName(name: string): string | undefined {
  return Object.hasOwn(otherNames, name) ? otherNames[name] : undefined;
}
