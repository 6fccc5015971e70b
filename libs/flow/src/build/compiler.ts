import { createReadStream } from "node:fs";
import { AppError } from "@rivergen/contracts";
import type { Clock } from "@rivergen/pipeline";
import type { z } from "zod";
import { readBounded } from "../document/bounded-text.ts";
import { formatOf, readDocument } from "../document/read.ts";
import type { FlowFormat, FlowInput, Reading } from "../document/read.ts";
import type { Registry } from "../registry/registry.ts";
import { tell } from "../signals.ts";
import type { FlowSink } from "../signals.ts";
import { invalidFlow, validateReading } from "../validate/validate.ts";
import type { ValidateOptions, Validation } from "../validate/validate.ts";
import { assemble } from "./build.ts";
import type { BuiltFlow } from "./build.ts";

export interface CompilerOptions {
  readonly registry: Registry;
  readonly signals: FlowSink | undefined;
  readonly clock: Clock;
  readonly random: (() => number) | undefined;
}

/** From a text to something that runs, telling every step. */
export interface Compiler {
  validate(flow: FlowInput, options?: ValidateOptions): Validation;
  build(flow: FlowInput, options?: ValidateOptions): BuiltFlow;
  buildFile(path: string, options?: Omit<ValidateOptions, "format">): Promise<BuiltFlow>;
}

interface Told {
  readonly path?: string;
  readonly input?: z.ZodType | undefined;
}

export function createCompiler({ registry, signals, clock, random }: CompilerOptions): Compiler {
  function validateTold(reading: Reading, input: z.ZodType | undefined): Validation {
    const begun = clock.now();
    const version = versionOf(reading);
    tell(signals, "flow.validation.started", () => ({ version }));
    const validation = validateReading(reading, registry, input);
    const { faults } = validation;
    const durationMs = clock.now() - begun;
    if (faults.length > 0) tell(signals, "flow.validation.failed", () => ({ version, durationMs, faults }));
    else tell(signals, "flow.validation.completed", () => ({ version, durationMs }));
    return validation;
  }

  /** @throws FLOW_INVALID when the text cannot be read at all */
  function readTold(flow: FlowInput, format: FlowFormat | undefined, path?: string): Reading {
    const reading = readDocument(flow, format);
    if (!("value" in reading)) {
      const faults = reading.locate(reading.findings);
      tell(signals, "flow.parse.failed", () => ({ path, faults }));
      throw invalidFlow(faults);
    }
    if (typeof flow === "string") {
      tell(signals, format === "json" ? "flow.json.parsed" : "flow.yaml.parsed", () => ({ version: versionOf(reading), sizeBytes: reading.sizeBytes, path }));
    }
    return reading;
  }

  function build(flow: FlowInput, format: FlowFormat | undefined, { path, input }: Told): BuiltFlow {
    const reading = readTold(flow, format, path);
    const begun = clock.now();
    const version = versionOf(reading);
    tell(signals, "flow.build.started", () => ({ version }));
    const { faults, document } = validateTold(reading, input);
    if (!document) {
      tell(signals, "flow.build.failed", () => ({ version, durationMs: clock.now() - begun, faults }));
      throw invalidFlow(faults);
    }
    const { flow: built } = assemble(document, { registry, clock, random, signals });
    tell(signals, "flow.build.completed", () => ({ version, durationMs: clock.now() - begun, nodes: built.nodes }));
    return built;
  }

  return {
    validate: (flow, { format, input } = {}) => validateTold(readDocument(flow, format), input),
    build: (flow, { format, input } = {}) => build(flow, format, { input }),
    async buildFile(path, { input } = {}) {
      const text = await readFlowFile(path, signals);
      return build(text, formatOf(path), { path, input });
    },
  };
}

function versionOf({ value }: Reading): string | undefined {
  const version = typeof value === "object" && value !== null ? (value as { readonly version?: unknown }).version : undefined;
  return typeof version === "string" && version !== "" ? version : undefined;
}

async function readFlowFile(path: string, signals: FlowSink | undefined): Promise<string> {
  try {
    const content = await readBounded(createReadStream(path));
    tell(signals, "flow.file.loaded", () => ({ path, sizeBytes: content.length }));
    return content.toString("utf8");
  } catch (error) {
    tell(signals, "flow.file.failed", () => ({ path, error }));
    throw error instanceof AppError ? error : new AppError("FLOW_FILE_UNREADABLE", {}, error);
  }
}
