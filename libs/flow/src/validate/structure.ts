import { readDuration } from "../document/duration.ts";
import { isEmpty, nodeTypes } from "../document/grammar.ts";
import type { Field, FieldName } from "../document/grammar.ts";
import { forbiddenKeys } from "../document/scan.ts";
import { pointer } from "../document/source.ts";
import type { Report } from "../document/source.ts";
import { suggest } from "./suggest.ts";
import { checklists, fieldTable } from "./tables.ts";
import type { Checklist } from "./tables.ts";

type Map = Readonly<Record<string, unknown>>;

/** What a check of names does with a node once its structure was looked at. */
export interface NameCheck {
  /** Looks up what a node names. */
  (node: Map, path: string, key: FieldName, name: string, registry: NonNullable<Field["names"]>): void;
}

export interface StructureCheck {
  readonly report: Report;
  /** Absent: names are not looked up. */
  readonly checkName?: NameCheck | undefined;
}

const isMap = (value: unknown): value is Map => typeof value === "object" && value !== null && !Array.isArray(value);
const article: Readonly<Record<Field["kind"], string>> = {
  text: "a text",
  duration: "a duration, as a text",
  integer: "a whole number",
  number: "a number",
  node: "a node",
  nodes: "a list of nodes",
  routes: "a map of nodes",
  config: "parameters",
};

function fitsKind(kind: Field["kind"], value: unknown): boolean {
  if (value === null || value === undefined) return true;
  switch (kind) {
    case "text":
    case "duration":
      return typeof value === "string";
    case "integer":
      return Number.isSafeInteger(value);
    case "number":
      return Number.isFinite(value);
    case "nodes":
      return Array.isArray(value);
    case "config":
      return true;
    default:
      return isMap(value);
  }
}

function reportUnknownKey({ report }: StructureCheck, path: string, key: string): void {
  const place = pointer(path, key);
  if (forbiddenKeys.has(key)) return report({ path: place, code: "FORBIDDEN_KEY", message: `${key} cannot be a key`, part: "key" });
  const suggestion = suggest(key, fieldTable.keys());
  const hint = suggestion ? `; did you mean ${suggestion}?` : "";
  report({ path: place, code: "UNKNOWN_KEY", message: `there is no key ${JSON.stringify(key.slice(0, 60))}${hint}`, part: "key", suggestion });
}

/** Looks at every key for itself. */
function checkEntries(check: StructureCheck, node: Map, path: string): void {
  for (const key of Object.keys(node)) {
    const field: Field | undefined = key === "version" && path === "" ? { kind: "text", about: "" } : fieldTable.get(key);
    const value = node[key];
    if (!field) reportUnknownKey(check, path, key);
    else if (!fitsKind(field.kind, value)) check.report({ path: pointer(path, key), code: "WRONG_TYPE", message: `${key} is ${article[field.kind]}` });
    else if (field.values && key !== "type" && !isEmpty(value) && !field.values.includes(value as string)) {
      check.report({
        path: pointer(path, key),
        code: "WRONG_VALUE",
        message: `${key} is ${field.values.join(" or ")}`,
        suggestion: suggest(String(value), field.values),
      });
    }
  }
}

function checkValues({ report }: StructureCheck, node: Map, path: string, list: Checklist): void {
  for (const { key, min, max, code, isOnNode } of list.numbers) {
    const value = node[key];
    if (typeof value !== "number" || (value >= min && value <= max)) continue;
    const message = `${key} is ${max === Infinity ? "a positive number" : `between ${min} and ${max}`}`;
    report({ path: isOnNode ? path : pointer(path, key), at: pointer(path, key), code, message });
  }
  for (const { key, code, isOnNode } of list.durations) {
    const value = node[key];
    if (typeof value !== "string" || value === "") continue;
    const { fault } = readDuration(value);
    if (fault !== undefined) report({ path: isOnNode ? path : pointer(path, key), at: pointer(path, key), code, message: `${key}: ${fault}` });
  }
}

const isAbsent = (value: unknown): boolean => isEmpty(value) || (isMap(value) && Object.keys(value).length === 0);

/** Whether a key means something only beside another one, which is not there. */
function isIdle(node: Map, key: string, list: Checklist): boolean {
  if (key === "max_backoff" || key === "jitter") return isAbsent(node.backoff);
  return key === "config" && (!list.named || isAbsent(node[list.named.key]));
}

function checkUnused({ report }: StructureCheck, node: Map, path: string, list: Checklist, what: string): void {
  for (const key of Object.keys(node)) {
    if (list.keys.has(key) ? !isIdle(node, key, list) : !fieldTable.has(key)) continue;
    if (isAbsent(node[key])) continue;
    report({ path: pointer(path, key), code: "UNUSED_KEY", message: `${key} has no effect on ${what}`, part: "key" });
  }
}

function checkInner(check: StructureCheck, node: Map, path: string, list: Checklist): void {
  for (const key of list.nodes) {
    const value = node[key];
    if (value === null || value === undefined) continue;
    const place = pointer(path, key);
    if (key === "children") {
      if (Array.isArray(value)) for (let index = 0; index < value.length; index += 1) checkNode(check, value[index], pointer(place, index));
    } else if (!isMap(value)) continue;
    else if (key === "routes") for (const route of Object.keys(value)) checkRoute(check, value[route], place, route);
    else checkNode(check, value, place);
  }
}

function checkRoute(check: StructureCheck, value: unknown, path: string, route: string): void {
  if (forbiddenKeys.has(route)) reportUnknownKey(check, path, route);
  else checkNode(check, value, pointer(path, route));
}

/** Says that a node lacks the nodes it needs; true when the rest of it means nothing then. */
function lacksNodes({ report }: StructureCheck, node: Map, path: string, type: string, list: Checklist): boolean {
  const count = Array.isArray(node.children) ? node.children.length : 0;
  if (list.needsChild && (node.child === null || node.child === undefined)) {
    report({ path, code: "MISSING_CHILD", message: `${type} needs a child` });
  } else if (type === "fallback" && count !== 2) {
    report({ path, code: "FALLBACK_NEEDS_TWO_CHILDREN", message: `fallback has exactly two children, here ${count === 1 ? "is" : "are"} ${count}` });
  } else if (list.needsChildren && count === 0) {
    report({ path, code: "MISSING_CHILDREN", message: `${type} needs at least one child` });
  } else return false;
  return true;
}

function checkNames(check: StructureCheck, node: Map, path: string, what: string, list: Checklist): void {
  for (const { key, code } of list.required) {
    if (isAbsent(node[key]) && !(key === "then" && isMap(node[key]))) check.report({ path, code, message: `${what} needs ${key}` });
  }
  const name = list.named && node[list.named.key];
  if (list.named && typeof name === "string" && name !== "") check.checkName?.(node, path, list.named.key, name, list.named.registry);
}

function checkTyped(check: StructureCheck, node: Map, path: string, type: string): void {
  const list = type === "ref" || type === "stream" ? undefined : checklists.get(type);
  if (!list) {
    const suggestion = suggest(type, nodeTypes);
    const hint = suggestion ? `; did you mean ${suggestion}?` : "";
    return check.report({
      path,
      at: pointer(path, "type"),
      code: "UNKNOWN_TYPE",
      message: `there is no node type ${JSON.stringify(type.slice(0, 60))}${hint}`,
      suggestion,
    });
  }
  const isLacking = lacksNodes(check, node, path, type, list);
  if (isLacking && type !== "contest") return;
  checkNames(check, node, path, type, list);
  if (isLacking) return;
  checkValues(check, node, path, list);
  checkUnused(check, node, path, list, `a ${type}`);
  checkInner(check, node, path, list);
}

function checkNamed(check: StructureCheck, node: Map, path: string, kind: "ref" | "stream"): void {
  const list = checklists.get(kind);
  if (!list) return;
  checkNames(check, node, path, kind, list);
  checkValues(check, node, path, list);
  if (kind === "stream" && !isEmpty(node.child) && !isEmpty(node.children)) {
    check.report({ path, at: pointer(path, "children"), code: "STREAM_CHILD_AND_CHILDREN", message: "a stream has child or children, not both", part: "key" });
  }
  if (kind === "stream" && (!isEmpty(node.type) || !isEmpty(node.ref))) {
    const key = isEmpty(node.type) ? "ref" : "type";
    check.report({ path, at: pointer(path, key), code: "STREAM_WITH_TYPE_OR_REF", message: "a stream has neither type nor ref", part: "key" });
  } else checkUnused(check, node, path, list, `a ${kind}`);
  checkInner(check, node, path, list);
}

/** Looks at a node and everything under it, and reports all that is wrong. */
export function checkNode(check: StructureCheck, value: unknown, path: string): void {
  if (value !== null && value !== undefined && !isMap(value)) return check.report({ path, code: "WRONG_TYPE", message: "a node is a map" });
  const node = value ?? {};
  checkEntries(check, node, path);
  const { type } = node;
  const isRef = !isEmpty(node.ref);
  const isType = !isEmpty(type);
  const isStream = !isEmpty(node.stream);
  if (isRef && isType) check.report({ path, at: pointer(path, "type"), code: "REF_AND_TYPE", message: "a node has ref or type, not both", part: "key" });
  else if (isStream) checkNamed(check, node, path, "stream");
  else if (isRef) checkNamed(check, node, path, "ref");
  else if (!isType) check.report({ path, code: "EMPTY_NODE", message: "a node has ref, type or stream" });
  else if (typeof type === "string") checkTyped(check, node, path, type);
}
