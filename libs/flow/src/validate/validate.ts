import { AppError } from "@rivergen/contracts";
import type { z } from "zod";
import type { FlowDocument } from "../document/grammar.ts";
import { readDocument } from "../document/read.ts";
import type { FlowFault, FlowFormat, FlowInput, Reading } from "../document/read.ts";
import type { Finding } from "../document/source.ts";
import type { Registry } from "../registry/registry.ts";
import { shapeOf } from "./fits.ts";
import { createNameCheck } from "./names.ts";
import { checkNode } from "./structure.ts";
import { isTyped, outputOf } from "./types.ts";

/** What is known about a flow before it is built. */
export interface Validation {
  /** All of them, in the order of the text. */
  readonly faults: readonly FlowFault[];
  /** The document as plain data that nobody else can change; absent when it has faults. */
  readonly document?: FlowDocument;
}

export interface ValidateOptions {
  /** How a text is written. Default `yaml`. */
  readonly format?: FlowFormat | undefined;
  /** What items the flow gets; its first processors are checked against it. Default: unknown. */
  readonly input?: z.ZodType | undefined;
}

/** Checks a document that was read. Without a registry only its structure and values. */
export function validateReading(reading: Reading, registry: Registry | undefined, input?: z.ZodType): Validation {
  const findings: Finding[] = [...reading.findings];
  if ("value" in reading) {
    const report = (finding: Finding): void => void findings.push(finding);
    checkNode({ report, checkName: registry && createNameCheck(registry, report) }, reading.value, "");
    if (findings.length === 0 && registry && isTyped(registry)) outputOf({ registry, report }, reading.value as FlowDocument, shapeOf(input, "output"), "");
  }
  if (findings.length > 0) return { faults: reading.locate(findings) };
  return { faults: [], document: reading.value as FlowDocument };
}

/** All faults of a flow's structure and values; names are not looked up. For checks where nothing is registered. */
export function validateStructure(flow: FlowInput, { format }: Pick<ValidateOptions, "format"> = {}): Validation {
  return validateReading(readDocument(flow, format), undefined);
}

/** Says that a flow has faults. */
export function invalidFlow(faults: readonly FlowFault[]): AppError {
  const [first] = faults;
  const detail = faults.length === 1 && first ? `${first.path || "/"}: ${first.message}` : `The flow has ${faults.length} faults`;
  return new AppError("FLOW_INVALID", { detail, errors: faults });
}

/** Reads a text or an object as plain data, without judging what it says; faults are those of the text itself. */
export function readFlow(
  flow: FlowInput,
  { format }: Pick<ValidateOptions, "format"> = {},
): { readonly document?: unknown; readonly faults: readonly FlowFault[] } {
  const reading = readDocument(flow, format);
  return { faults: reading.locate(reading.findings), ...("value" in reading ? { document: reading.value } : {}) };
}

/** The faults that an error of `invalidFlow` carries; none for any other. */
export function faultsOf(error: unknown): readonly FlowFault[] {
  return error instanceof AppError && error.code === "FLOW_INVALID" ? (error.details.errors ?? []) : [];
}

/** Reads a text of valid structure as plain data. @throws FLOW_INVALID with all faults */
export function parseFlow(flow: FlowInput, options: Pick<ValidateOptions, "format"> = {}): FlowDocument {
  const { faults, document } = validateStructure(flow, options);
  if (!document) throw invalidFlow(faults);
  return document;
}
