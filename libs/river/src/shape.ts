import type { ExpressionFault } from "@rivergen/relational";
import { nearest, parseExpression, parseFrame, parseType, pointer } from "@rivergen/relational";
import type { Position } from "./fault.ts";

/** Reports one fault at a path. */
export type ReportShape = (path: string, code: string, message: string, inner?: Position) => void;

/** Checks the form of a value at a path and reports everything that is wrong with it. */
export type Shape = (value: unknown, path: string, report: ReportShape) => void;

export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject => typeof value === "object" && value !== null && !Array.isArray(value);

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a map";
  return { string: "a text", number: "a number", boolean: "a truth value" }[typeof value as "string" | "number" | "boolean"] ?? typeof value;
}

const wrong = (report: ReportShape, path: string, value: unknown, wanted: string): void =>
  report(path, "WRONG_TYPE", `this is ${kindOf(value)}; here stands ${wanted}`);

/** A text with at most so many characters. */
export const text =
  (wanted = "a text", max = 200_000): Shape =>
  (value, path, report) => {
    if (typeof value !== "string") wrong(report, path, value, wanted);
    else if (value.length > max) report(path, "TOO_LONG", `at most ${max} characters`);
  };

/** Reports every text and name, wherever it stands, that no store keeps as it is. */
export function refuseBadText(value: unknown, path: string, report: ReportShape): void {
  if (typeof value === "string") {
    if (value.includes("\0")) report(path, "INVALID_VALUE", "the character U+0000 cannot stand here");
    else if (!value.isWellFormed()) report(path, "INVALID_VALUE", "half of a surrogate pair is no character");
  } else if (typeof value === "object" && value !== null) {
    for (const [name, inner] of Object.entries(value)) {
      refuseBadText(name, pointer(path, name), report);
      refuseBadText(inner, pointer(path, name), report);
    }
  }
}

function reportInside(path: string, report: ReportShape, reading: { readonly ok: true } | { readonly ok: false; readonly fault: ExpressionFault }): void {
  if (!reading.ok) report(path, reading.fault.code, reading.fault.message, reading.fault.place);
}

/** A type of the language. */
export const typeText: Shape = (value, path, report) => {
  if (typeof value === "string") reportInside(path, report, parseType(value));
  else wrong(report, path, value, "a type");
};

/** A window frame. */
export const frameText: Shape = (value, path, report) => {
  if (typeof value === "string") reportInside(path, report, parseFrame(value));
  else wrong(report, path, value, "a frame, as rows between 6 preceding and current row");
};

/** An expression: a text, or a number or truth value that stands for itself. */
export const expressionText: Shape = (value, path, report) => {
  if (typeof value === "string") return reportInside(path, report, parseExpression(value));
  if (typeof value === "boolean") return;
  if (typeof value !== "number") return wrong(report, path, value, "an expression");
  if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value)))
    report(path, "INVALID_VALUE", "write a number of this size in quotes");
};

export const truth: Shape = (value, path, report) => {
  if (typeof value !== "boolean") wrong(report, path, value, "true or false");
};

/** A whole number, at least so great. */
export const whole =
  (least: number): Shape =>
  (value, path, report) => {
    if (typeof value !== "number") return wrong(report, path, value, "a whole number");
    if (!Number.isSafeInteger(value) || value < least) report(path, "INVALID_VALUE", `a whole number from ${least}`);
  };

/** One of some words; `later` are known words whose engine does not exist yet. */
export const oneOf =
  (words: readonly string[], later: readonly string[] = []): Shape =>
  (value, path, report) => {
    if (typeof value !== "string") return wrong(report, path, value, `one of ${words.join(", ")}`);
    if (later.includes(value)) return notAvailable(value)(value, path, report);
    if (words.includes(value)) return;
    const found = nearest(value, words);
    report(path, "INVALID_VALUE", `${JSON.stringify(value.slice(0, 60))} is not one of ${words.join(", ")}${found ? `; the nearest is ${found}` : ""}`);
  };

/** A part of the language that is known, and whose engine does not exist yet. */
export const notAvailable =
  (what: string): Shape =>
  (_value, path, report) =>
    report(path, "NOT_AVAILABLE", `${what} is part of the language, and not available yet`);

export const listOf =
  (item: Shape, wanted: string, least = 0): Shape =>
  (value, path, report) => {
    if (!Array.isArray(value)) return wrong(report, path, value, wanted);
    if (value.length < least) report(path, "INVALID_VALUE", `at least ${least} ${least === 1 ? "entry" : "entries"}`);
    for (const [index, entry] of value.entries()) item(entry, pointer(path, index), report);
  };

/** A map with any keys; `key` checks their form. */
export const mapOf =
  (item: Shape, wanted: string, key?: (name: string, path: string, report: ReportShape) => void, least = 0): Shape =>
  (value, path, report) => {
    if (!isObject(value)) return wrong(report, path, value, wanted);
    const entries = Object.entries(value);
    if (entries.length < least) report(path, "INVALID_VALUE", `at least ${least} ${least === 1 ? "entry" : "entries"}`);
    for (const [name, entry] of entries) {
      key?.(name, pointer(path, name), report);
      item(entry, pointer(path, name), report);
    }
  };

/** One form for some kinds of value, another for the rest. */
export const either =
  (isFirst: (value: unknown) => boolean, first: Shape, second: Shape): Shape =>
  (value, path, report) =>
    (isFirst(value) ? first : second)(value, path, report);

export interface Fields {
  readonly [name: string]: Shape;
}

/** Reports keys that are not known, with the nearest that is. */
export function refuseUnknownKeys(value: JsonObject, known: readonly string[], path: string, report: ReportShape): void {
  for (const name of Object.keys(value)) {
    if (known.includes(name)) continue;
    const found = nearest(name, known);
    report(
      pointer(path, name),
      "UNKNOWN_KEY",
      `there is no key ${JSON.stringify(name.slice(0, 60))} here${found ? `; the nearest is ${found}` : `; there are ${known.join(", ")}`}`,
    );
  }
}

/** A map with known keys only. */
export const objectOf =
  (wanted: string, fields: Fields, required: readonly string[] = []): Shape =>
  (value, path, report) => {
    if (!isObject(value)) return wrong(report, path, value, wanted);
    refuseUnknownKeys(value, Object.keys(fields), path, report);
    for (const [name, shape] of Object.entries(fields)) {
      if (Object.hasOwn(value, name)) shape(value[name], pointer(path, name), report);
      else if (required.includes(name)) report(path, "MISSING_KEY", `${name} is missing`);
    }
  };
