import type { DataType } from "@rivergen/relational";
import { parseType, types } from "@rivergen/relational";
import { buildRecordFlow } from "./compile.ts";
import type { RecordFlow } from "./compile.ts";

/** A flow with everything around it as plain values, as it crosses a process border. */
export interface PlainRecordFlow {
  readonly document: unknown;
  readonly input: readonly { readonly name: string; readonly type: string; readonly nullable: boolean }[];
  readonly parameters: readonly { readonly name: string; readonly type: string; readonly value: string | null }[];
  /** RFC 3339 in UTC. */
  readonly now: string;
}

function readType(text: string): DataType {
  const parsed = parseType(text);
  return parsed.ok ? parsed.type : types.unknown;
}

/** Builds a flow that was checked before it was handed over. @throws AppError FLOW_INVALID */
export function openRecordFlow({ document, input, parameters, now }: PlainRecordFlow): RecordFlow {
  return buildRecordFlow(document, {
    columns: input.map(({ name, type, nullable }) => ({ name, type: readType(type), nullable })),
    context: {
      now,
      parameters: {
        types: new Map(parameters.map(({ name, type }) => [name, readType(type)])),
        values: new Map(parameters.map(({ name, value }) => [name, value])),
      },
    },
  });
}
