import { AppError } from "@rivergen/contracts";
import type { Fault } from "@rivergen/contracts";
import { copyPlain } from "./copy-plain.ts";
import type { FlowDocument } from "./grammar.ts";
import { readJson } from "./read-json.ts";
import { readYaml } from "./read-yaml.ts";
import { scanText } from "./scan.ts";
import { createLines } from "./source.ts";
import type { Finding, Place, Position, Report } from "./source.ts";

/** How a text is written. JSON is also YAML, but is read faster and more strictly as what it is. */
export type FlowFormat = "yaml" | "json";

/** What flows are made of: a text, or an object of that shape. */
export type FlowInput = string | FlowDocument;

/** One fault of a flow; line and column where it was a text. */
export interface FlowFault extends Fault {
  /** What was probably meant. */
  readonly suggestion?: string | undefined;
}

/** A document that was read, whether right or wrong. */
export interface Reading {
  /** As it was written; absent when it could not be read at all. */
  readonly value?: unknown;
  readonly findings: Finding[];
  /** Turns findings into faults, in the order of the text. */
  readonly locate: (findings: readonly Finding[]) => readonly FlowFault[];
  /** Length of the text in bytes; 0 for an object. */
  readonly sizeBytes: number;
}

function readObject(value: unknown): Reading {
  const findings: Finding[] = [];
  const copied = copyPlain(value, (finding) => findings.push(finding));
  return { value: copied, findings, locate: (all) => all.map((finding) => toFault(finding, undefined)), sizeBytes: 0 };
}

function toFault({ path, code, message, suggestion }: Finding, position: Position | undefined): FlowFault {
  return { path, code, message, ...position, ...(suggestion === undefined ? {} : { suggestion }) };
}

function offsetOf({ path, at = path, part = "value", offset }: Finding, placeOf: ((pointer: string) => Place | undefined) | undefined): number {
  if (offset !== undefined) return offset;
  for (let pointer = at; ; pointer = pointer.slice(0, pointer.lastIndexOf("/"))) {
    const place = placeOf?.(pointer);
    if (place) return pointer === at ? place[part] : place.value;
    if (pointer === "") return 0;
  }
}

function readText(text: string, format: FlowFormat): Reading {
  const findings: Finding[] = [];
  const report: Report = (finding) => findings.push(finding);
  const { refusal, keys } = scanText(text, format === "json");
  if (refusal) report({ path: "", ...refusal });
  const source = refusal ? undefined : format === "json" ? readJson(text, keys, report) : readYaml(text, report);
  return {
    ...(source ? { value: source.value } : {}),
    findings,
    locate(all) {
      const lineOf = createLines(text);
      const placed = all.map((finding) => ({ finding, offset: offsetOf(finding, source?.placeOf) }));
      return placed.toSorted((left, right) => left.offset - right.offset).map(({ finding, offset }) => toFault(finding, lineOf(offset)));
    },
    sizeBytes: Buffer.byteLength(text),
  };
}

/** Reads a document without judging it. A text of no known format is read as YAML. */
export function readDocument(input: FlowInput, format: FlowFormat = "yaml"): Reading {
  return typeof input === "string" ? readText(input, format) : readObject(input);
}

/** The format that the name of a file says. @throws FLOW_FORMAT_UNSUPPORTED */
export function formatOf(path: string): FlowFormat {
  const extension = /\.([^./\\]+)$/.exec(path)?.[1]?.toLowerCase() ?? "";
  if (extension === "json") return "json";
  if (extension === "yaml" || extension === "yml") return "yaml";
  throw new AppError("FLOW_FORMAT_UNSUPPORTED", {
    detail: `A flow stands in a file that ends in .yaml, .yml or .json, not ${extension === "" ? "without an ending" : `.${extension}`}`,
  });
}
