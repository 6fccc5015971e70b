import type { Fault } from "@rivergen/contracts";
import type { Positions } from "./fault.ts";
import type { ReportText } from "./read-json.ts";
import { readJson } from "./read-json.ts";
import { readYaml } from "./read-yaml.ts";
import { refuseText } from "./text-limits.ts";
import { createPlaces } from "./text-places.ts";

/** The forms a document may come in; `application/hocon` is part of the language and answers `NOT_AVAILABLE`. */
export type RiverContentType = "application/json" | "application/yaml" | "application/hocon";

export interface RiverText {
  /** The value the text stands for; undefined when it could not be read. */
  readonly value: unknown;
  /** Line and column of a JSON Pointer's key, or of its value. */
  readonly positions: Positions;
  /** What is wrong with the text itself (syntax, repeated keys, size, depth); with any, `value` must not be used. */
  readonly errors: readonly Fault[];
}

/**
 * Reads the text of a document. Size and depth are bounded before it is parsed; what YAML aliases stand for counts as
 * often as they are used. Never throws for a bad text.
 */
export function parseRiverText(text: string, contentType: RiverContentType): RiverText {
  const places = createPlaces(text.length > 2_000_000 ? "" : text);
  const errors: Fault[] = [];
  const report: ReportText = (path, code, message, offset) => {
    if (errors.length < 100) errors.push({ path, code, message, ...places.positionAt(Math.min(offset, text.length)) });
  };
  const positions: Positions = (path, part = "key") => places.find(path, part);
  if (contentType === "application/hocon") {
    report("", "NOT_AVAILABLE", "HOCON is part of the language, and not available yet", 0);
    return { value: undefined, positions, errors };
  }
  const content = text.startsWith("\uFEFF") ? ` ${text.slice(1)}` : text;
  const isJson = contentType === "application/json";
  const refusal = refuseText(content, isJson);
  if (refusal) report("", refusal.code, refusal.message, refusal.offset);
  const value = refusal ? undefined : isJson ? readJson(content, places, report) : readYaml(content.trimStart().length === 0 ? "" : content, places, report);
  return { value, positions, errors };
}
