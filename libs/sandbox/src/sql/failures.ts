import { JobFailure } from "../jobs/job.ts";
import { toPlace } from "./place.ts";

/** What the engine says about a failure when `errors_as_json` is on. */
interface EngineError {
  readonly exception_type?: string;
  readonly exception_message?: string;
  readonly position?: string;
}

/** Makes the engine speak of failures as data, with places. */
export const errorSettings = ["SET errors_as_json = true"] as const;

/** Sentences that say more about the engine than about the statement, cut off where they begin. */
const noise = /\n+\s*(?:Candidate functions:|LINE \d+:|Possible solutions:)[\s\S]*$/;

/** A refusal of a statement, with its place. */
export function refuse(sql: string, message: string, byteOffset?: number): JobFailure {
  return refuseAll(sql, [{ message, byteOffset }]);
}

/** A refusal for several reasons, each with its place. */
export function refuseAll(sql: string, reasons: readonly { readonly message: string; readonly byteOffset: number | undefined }[]): JobFailure {
  const faults = reasons.map(({ message, byteOffset }) => ({ path: "/sql", code: "NOT_ALLOWED", message, ...toPlace(sql, byteOffset) }));
  const sentences = faults.map(({ message, line, column }) => (line === undefined ? message : `${message} (line ${line}, column ${column})`));
  return new JobFailure("QUERY_REFUSED", { detail: sentences.join("; "), errors: faults });
}

/**
 * Turns the engine's own failure over a statement into one with plain words and a place. Running out of memory and
 * failures that are no JSON pass unchanged.
 */
export function explainStatement(sql: string, error: unknown): unknown {
  const parsed = parseEngineError(error);
  if (parsed === undefined || parsed.exception_type === "Out of Memory") return error;
  const message = (parsed.exception_message ?? "").replace(noise, "").trim();
  const place = toPlace(sql, parsed.position === undefined ? undefined : Number(parsed.position));
  const where = place === undefined ? "" : ` (line ${place.line}, column ${place.column})`;
  const code = (parsed.exception_type ?? "engine").toUpperCase().replaceAll(/[^A-Z]+/g, "_");
  return new JobFailure("QUERY_FAILED", { detail: `${message}${where}`, errors: [{ path: "/sql", code, message, ...place }] }, error);
}

function parseEngineError(error: unknown): EngineError | undefined {
  const message = error instanceof Error ? error.message : "";
  const start = message.indexOf("{");
  if (start < 0) return undefined;
  try {
    return JSON.parse(message.slice(start)) as EngineError;
  } catch {
    return undefined;
  }
}
