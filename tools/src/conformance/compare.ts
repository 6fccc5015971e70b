import { isDeepStrictEqual } from "node:util";

/** A JSON object of a case or of an answer. */
export type Json = Readonly<Record<string, unknown>>;

/** One answer that is compared: a whole case, or one step of it. */
export interface Unit {
  readonly expect?: unknown;
  /** Either is right. */
  readonly expectAny?: readonly unknown[];
  /** Bounds of the step on a quiet machine, ms. */
  readonly elapsedMs?: { readonly min?: number; readonly max?: number };
}

/** Keys that are for people: their values differ from system to system. */
const informative: Readonly<Record<string, ReadonlySet<string>>> = {
  flow: new Set(["originalMessage", "observedMs", "input"]),
  streams: new Set(["type", "originalMessage"]),
  runner: new Set(["message", "originalMessage", "type", "errors@run", "log", "actor", "resource", "warnings"]),
  events: new Set(["type", "message", "originalMessage", "resultType"]),
};

const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);
const objectOf = (value: unknown): Json => (isObject(value) ? value : {});
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
/** A value as it is found in a text; objects never are. */
const textOf = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value ?? null));

/** Every name and text along a chain of causes. */
function chainText(error: unknown): string {
  const parts: string[] = [];
  for (let at = error; isObject(at); at = at["cause"]) parts.push(textOf(at["pipe"]), textOf(at["message"] ?? at["originalMessage"]));
  return parts.join(" | ");
}

/** A number that fails every upper bound when it is absent. */
const numberOf = (value: unknown): number => (typeof value === "number" ? value : 1e9);

/** What a special key compares, given its value in the case, the whole answer, and the whole expectation. */
type Rule = (expected: unknown, got: Json, expectation: Json, suite: string) => boolean;

const hasError: Rule = (_, got) => "error" in got;
const namesPipe: Rule = (expected, got) => chainText(got["error"]).includes(textOf(expected));
const messageOf = (got: Json, suite: string): string =>
  suite === "streams" ? chainText(got["error"] ?? got) : textOf(got["message"] ?? got["originalMessage"] ?? "");
const faultKeys = (faults: unknown): string[] =>
  listOf(faults)
    .map((fault) => `${textOf(objectOf(fault)["pointer"])} ${textOf(objectOf(fault)["kind"])}`)
    .toSorted();

function withinTimes(expected: unknown, got: Json): boolean {
  const times = listOf(got["emittedAtMs"]);
  return listOf(expected)
    .slice(0, times.length)
    .every((bound, index) => {
      const time = times[index];
      if (time === bound) return true;
      return isObject(bound) && numberOf(time) >= Number(bound["min"]) && numberOf(time) <= Number(bound["max"]);
    });
}

function resolvesAt(expected: unknown, got: Json): boolean {
  return Object.entries(objectOf(expected)).every(([path, value]) => {
    const found = path
      .replaceAll(/^\/+|\/+$/g, "")
      .split("/")
      .reduce<unknown>((at, part) => (isObject(at) ? at[part] : undefined), got["resolved"] ?? {});
    return isDeepStrictEqual(found ?? null, value);
  });
}

const rules: Readonly<Record<string, Rule>> = {
  errorAny: hasError,
  errorOrInvalid: (_, got) => "error" in got || "invalid" in got,
  invalidAnyOf: (expected, got) => listOf(got["invalid"]).some((fault) => listOf(expected).includes(objectOf(fault)["kind"])),
  messageContains: (expected, got, _, suite) => messageOf(got, suite).includes(textOf(expected)),
  messageLacks: (expected, got, _, suite) => listOf(expected).every((text) => !messageOf(got, suite).includes(textOf(text))),
  messageAnyOf: (expected, got) => listOf(expected).includes(got["message"]),
  pathFirst: (expected, got) => (listOf(got["path"])[0] ?? null) === expected,
  namesPipe,
  statusAnyOf: (expected, got) => listOf(expected).includes(got["status"]),
  highWaterAtMost: (expected, got) => numberOf(got["highWater"]) <= Number(expected),
  minAtLeast: (expected, got) => numberOf(got["minObserved"]) >= Number(expected),
  maxAtMost: (expected, got) => numberOf(got["maxObserved"]) <= Number(expected),
  minObserved: () => true,
  maxObserved: () => true,
  firedAtMost: (expected, got) =>
    Array.isArray(got["ticks"]) && listOf(got["ticks"]).reduce<number>((sum, tick) => sum + listOf(objectOf(tick)["fired"]).length, 0) <= Number(expected),
  signalsInclude: (expected, got) => listOf(expected).every((signal) => listOf(got["signals"]).includes(signal)),
  connectorTypesInclude: (expected, got) => {
    const types = isObject(got["connectors"]) ? Object.keys(got["connectors"]) : listOf(got["connectorTypes"]);
    return listOf(expected).every((type) => types.includes(type));
  },
  resultsInclude: (expected, got) => listOf(expected).every((value) => listOf(got["results"]).some((result) => isDeepStrictEqual(result, value))),
  sentCount: (expected, got) => listOf(got["sent"]).length === expected,
  emittedAtMs: withinTimes,
  resolvedAt: resolvesAt,
};

/** The rule for a key, where its meaning depends on what stands beside it. */
function ruleFor(key: string, expected: unknown, expectation: Json, suite: string): Rule | undefined {
  if (key === "invalid" && suite === "flow")
    return (_, got) => Array.isArray(got["invalid"]) && isDeepStrictEqual(faultKeys(expected), faultKeys(got["invalid"]));
  if (key === "pipe" && "errorAny" in expectation) return namesPipe;
  if (key === "timeout" && "errorAny" in expectation) return hasError;
  if (key === "status" && expected === "failure_or_partial") return (_, got) => got["status"] === "failure" || got["status"] === "partial_success";
  return Object.hasOwn(rules, key) ? rules[key] : undefined;
}

function isIgnored(key: string, expected: unknown, ignored: ReadonlySet<string>): boolean {
  return ignored.has(key) || (key === "errors" && ignored.has("errors@run") && isObject(expected));
}

/** Whether an answer holds all that is expected: objects by subset, lists element by element, everything else by value. */
export function fits(expected: unknown, got: unknown, suite: string): boolean {
  if (Array.isArray(expected)) return Array.isArray(got) && got.length === expected.length && expected.every((item, index) => fits(item, got[index], suite));
  if (!isObject(expected)) return isDeepStrictEqual(expected, got);
  if (!isObject(got)) return false;
  const ignored = informative[suite] ?? new Set<string>();
  return Object.entries(expected).every(([key, value]) => {
    if (isIgnored(key, value, ignored)) return true;
    const rule = ruleFor(key, value, expected, suite);
    return rule ? rule(value, got, expected, suite) : Object.hasOwn(got, key) && fits(value, got[key], suite);
  });
}

/** Whether an answer fits one of the right ones of its unit. */
export function fitsUnit(unit: Unit, got: unknown, suite: string): boolean {
  return unit.expectAny ? unit.expectAny.some((expected) => fits(expected, got, suite)) : fits(unit.expect, got, suite);
}

/** Whether a step took as long as it must: the lower bound always holds, the upper one is widened by `slack` (1 = a quiet machine). */
export function isInTime(unit: Unit, elapsedMs: number, slack: number): boolean {
  const { min = 0, max = Number.POSITIVE_INFINITY } = unit.elapsedMs ?? {};
  return elapsedMs >= min && elapsedMs <= max * slack;
}
