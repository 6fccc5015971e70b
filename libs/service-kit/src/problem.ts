import { AppError, type ErrorDetails, errorCatalog, type Problem } from "@rivergen/contracts";
import { isErrorCode } from "./faults.ts";

/** Any thrown value as an expected failure: what is unknown becomes INTERNAL, its cause kept for the log. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof Error && error.name === "AbortError") return new AppError("DEADLINE_EXCEEDED", {}, error);
  return new AppError("INTERNAL", {}, error);
}

/** RFC 9457: nothing of the cause reaches the wire. */
export function toProblem(error: AppError, requestId: string): Problem {
  const { detail, errors, retryAfterSeconds: _, ...rest } = error.details;
  const title = errorCatalog[error.code].title;
  return {
    ...rest,
    type: `urn:rivergen:error:${error.code.toLowerCase().replaceAll("_", "-")}`,
    title,
    status: error.status,
    code: error.code,
    detail: detail ?? `${title}.`,
    requestId,
    ...(errors === undefined ? {} : { errors: [...errors] }),
  };
}

/** A problem another service answered, as the error it was. */
export function fromProblem(problem: Partial<Problem> & Record<string, unknown>, status: number): AppError {
  const { type: _type, title: _title, status: _status, requestId: _requestId, code, ...details } = problem;
  if (typeof code === "string" && isErrorCode(code)) return new AppError(code, details as ErrorDetails);
  return new AppError(status === 503 ? "SERVICE_UNAVAILABLE" : "INTERNAL", {}, new Error(`answered ${status}`));
}
