import { operatorNames, pointer } from "@rivergen/relational";
import { parseDuration } from "./duration.ts";
import { checkFlowForm } from "./flows/compile.ts";
import { checkName } from "./names.ts";
import { readFlowReference } from "./saved-flows.ts";
import type { Fields, JsonObject, ReportShape, Shape } from "./shape.ts";
import {
  either,
  expressionText,
  frameText,
  isObject,
  listOf,
  mapOf,
  notAvailable,
  objectOf,
  oneOf,
  refuseUnknownKeys,
  text,
  truth,
  typeText,
  whole,
} from "./shape.ts";

const columnName = text("the name of a column", 255);
const columnNames = listOf(columnName, "a list of columns");
const expressions = mapOf(expressionText, "a map of name: expression");
const someExpressions = mapOf(expressionText, "a map of name: expression", undefined, 1);
const orderItems = listOf(text("a column or expression, with asc or desc"), "a list of columns with asc or desc");
const inputName = text("the name of a source or step", 63);

const namesOr: Shape = (value, path, report) => {
  if (Array.isArray(value)) columnNames(value, path, report);
  else if (isObject(value)) expressions(value, path, report);
  else report(path, "WRONG_TYPE", "here stands a list of columns, or a map of name: expression");
};

const join = objectOf(
  "a join: { to, using | where, type, as, columns }",
  {
    to: inputName,
    as: text("another name for the right side", 63),
    using: columnNames,
    where: expressionText,
    type: oneOf(["inner", "left", "right", "full", "semi", "anti", "cross"], ["asof"]),
    columns: expressions,
  },
  ["to"],
);

const limit = either(
  isObject,
  objectOf("a limit: n, or { rows, offset, by, orderBy }", { rows: whole(0), offset: whole(0), by: columnNames, orderBy: orderItems }, ["rows"]),
  whole(0),
);

const cast = mapOf(
  either(isObject, objectOf("a type, or { to, onError }", { to: typeText, onError: oneOf(["fail", "null"]) }, ["to"]), typeText),
  "a map of column: type",
  undefined,
  1,
);

/** The form of every operator. */
const operators: Fields = {
  select: namesOr,
  drop: listOf(columnName, "a list of columns", 1),
  rename: mapOf(columnName, "a map of new name: old name", undefined, 1),
  cast,
  derive: someExpressions,
  filter: expressionText,
  dropNulls: either(
    (value) => value === "all",
    () => undefined,
    listOf(columnName, "a list of columns, or all", 1),
  ),
  fillNulls: someExpressions,
  dedupe: objectOf("{ by, keep, orderBy }", { by: listOf(columnName, "a list of columns", 1), keep: oneOf(["first", "last", "any"]), orderBy: orderItems }, [
    "by",
  ]),
  join,
  union: objectOf("{ with, by, distinct, fillMissing }", {
    with: listOf(inputName, "a list of inputs"),
    by: oneOf(["name", "position"]),
    distinct: truth,
    fillMissing: truth,
  }),
  intersect: objectOf("{ with }", { with: inputName }, ["with"]),
  except: objectOf("{ with }", { with: inputName }, ["with"]),
  aggregate: objectOf("{ by, values, having }", { by: namesOr, values: expressions, having: expressionText }, ["values"]),
  window: objectOf("{ by, orderBy, values, frame }", { by: namesOr, orderBy: orderItems, values: someExpressions, frame: frameText }, ["values"]),
  orderBy: listOf(text("a column or expression, with asc or desc"), "a list of columns with asc or desc", 1),
  limit,
  sql: text("one SELECT statement", 1_000_000),
};

const laterOperators = ["pivot", "unpivot", "sample", "mask", "hash", "generalise", "asof"];
const laterSteps = ["python", "train", "predict", "decide", "notify"];

/** Exactly one operator of those that a map names. */
function checkOperatorCount(value: JsonObject, path: string, report: ReportShape, others: readonly string[]): void {
  const found = Object.keys(value).filter((name) => Object.hasOwn(operators, name) || laterOperators.includes(name) || others.includes(name));
  if (found.length === 1) return;
  const message =
    found.length === 0
      ? `names no operator; there are ${operatorNames.join(", ")}`
      : `names ${found.length} operators (${found.join(", ")}): one stands alone, several are a list under do`;
  report(path, "ONE_OPERATOR", message);
}

function checkFields(value: JsonObject, fields: Fields, path: string, report: ReportShape): void {
  for (const [name, shape] of Object.entries(fields)) if (Object.hasOwn(value, name)) shape(value[name], pointer(path, name), report);
}

const later = (keys: readonly string[]): Fields => Object.fromEntries(keys.map((name) => [name, notAvailable(name)]));

const operatorItem: Shape = (value, path, report) => {
  if (!isObject(value)) return report(path, "WRONG_TYPE", "here stands one operator, as { filter: … }");
  const fields = { ...operators, ...later(laterOperators) };
  refuseUnknownKeys(value, Object.keys(fields), path, report);
  checkFields(value, fields, path, report);
  if (Object.keys(value).some((name) => Object.hasOwn(fields, name)) || Object.keys(value).length === 0) checkOperatorCount(value, path, report, []);
};

/** Operators that read several inputs of `from`. */
const readsLists = new Set(["sql", "union"]);

function checkFrom(value: JsonObject, path: string, report: ReportShape): void {
  if (!Object.hasOwn(value, "from")) return report(path, "MISSING_KEY", "from is missing: the source or step this one reads");
  const from = value["from"];
  either(Array.isArray, listOf(inputName, "a list of inputs", 1), inputName)(from, pointer(path, "from"), report);
  if (!Array.isArray(from)) return;
  const first = Array.isArray(value["do"])
    ? Object.keys(isObject(value["do"][0]) ? value["do"][0] : {})[0]
    : Object.keys(value).find((name) => Object.hasOwn(operators, name));
  if (from.length > 1 && (first === undefined || !readsLists.has(first)))
    report(pointer(path, "from"), "INVALID_VALUE", "several inputs are for sql and union; a join names the other in to");
}

/** The flow in itself, or the name of a saved one; its expressions are checked where the columns are known. */
const flow: Shape = (value, path, report) => {
  if (typeof value === "string") {
    if (!readFlowReference(value)) report(path, "INVALID_NAME", "a saved flow is named as tidy, or with its version as tidy@3");
    return;
  }
  if (!isObject(value)) return report(path, "WRONG_TYPE", "here stands a flow, { type: sequence, children: [ { ref: … } ] }, or the name of a saved one");
  for (const { path: inner, code, message } of checkFlowForm(value)) report(`${path}${inner}`, code, message);
};

const step: Shape = (value, path, report) => {
  if (!isObject(value)) return report(path, "WRONG_TYPE", "here stands a step: { from, … }");
  const fields: Fields = {
    ...operators,
    do: listOf(operatorItem, "a list of operators", 1),
    flow,
    columns: mapOf(typeText, "a map of column: type", undefined, 1),
    ...later([...laterOperators, ...laterSteps]),
  };
  refuseUnknownKeys(value, ["from", ...Object.keys(fields)], path, report);
  checkFrom(value, path, report);
  checkFields(value, fields, path, report);
  const known = Object.keys(value).filter((name) => name !== "from" && name !== "columns");
  if (known.every((name) => Object.hasOwn(fields, name))) checkOperatorCount(value, path, report, ["do", "flow", ...laterSteps]);
  if (Object.hasOwn(value, "columns") && !Object.hasOwn(value, "flow"))
    report(pointer(path, "columns"), "INVALID_VALUE", "columns says what a flow adds or changes: it stands beside flow only");
};

const source: Shape = (value, path, report) => {
  const fields: Fields = { dataset: text("the name of a dataset", 63), version: whole(1), ...later(["connection", "stream", "mode", "cursor"]) };
  const isConnection = isObject(value) && Object.hasOwn(value, "connection");
  objectOf("a source: { dataset, version }", fields, isConnection ? [] : ["dataset"])(value, path, report);
};

const output: Shape = objectOf(
  "an output: { from, mode, columns }",
  {
    from: inputName,
    mode: oneOf(["replace", "append"], ["merge"]),
    columns: mapOf(typeText, "a map of column: type", undefined, 1),
    onSchemaChange: oneOf(["fail"], ["append", "ignore"]),
    ...later(["key", "incremental"]),
  },
  ["from"],
);

const duration: Shape = (value, path, report) => {
  if (typeof value !== "string") return report(path, "WRONG_TYPE", "here stands a duration: 250ms, 1s, 10m or 24h");
  if (parseDuration(value) === undefined)
    report(path, "INVALID_DURATION", "a duration is a number from 1 and ms, s, m or h, at most 24 days: 250ms, 1s, 10m, 24h");
};

const scalar: Shape = (value, path, report) => {
  if (typeof value === "object" && value !== null) report(path, "WRONG_TYPE", "here stands a single value");
};

const parameterName = (name: string, path: string, report: ReportShape): void => {
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,62}$/.test(name)) report(path, "INVALID_NAME", "a parameter's name has letters, digits and _, and begins with a letter");
};

const riverName: Shape = (value, path, report) => {
  if (typeof value === "string") checkName(value, path, report);
  else report(path, "WRONG_TYPE", "here stands the name of the river");
};

/** The form of a whole document, without its meaning. */
export const documentShape: Shape = objectOf(
  "a river document",
  {
    apiVersion: oneOf(["rivergen.dev/v1"]),
    river: riverName,
    description: text("a text", 2_000),
    labels: mapOf(text("a text", 2_000), "a map of name: text"),
    parameters: mapOf(objectOf("{ type, default }", { type: typeText, default: scalar }, ["type"]), "a map of name: { type, default }", parameterName),
    trigger: notAvailable("trigger"),
    sources: mapOf(source, "a map of name: source", checkName, 1),
    steps: mapOf(step, "a map of name: step", checkName),
    checks: notAvailable("checks"),
    outputs: mapOf(output, "a map of name: output", checkName, 1),
    tests: notAvailable("tests"),
    resilience: objectOf("{ timeout }", { timeout: duration, ...later(["retry"]) }),
    engine: oneOf(["auto", "duckdb"], ["spark"]),
  },
  ["apiVersion", "river", "sources", "outputs"],
);
