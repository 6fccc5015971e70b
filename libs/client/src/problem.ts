import { AppError, type ErrorCode, errorCatalog, type Problem } from "@rivergen/contracts";

const byStatus: Readonly<Record<number, ErrorCode>> = {
  400: "REQUEST_MALFORMED",
  401: "UNAUTHENTICATED",
  403: "FORBIDDEN",
  404: "ROUTE_NOT_FOUND",
  405: "METHOD_NOT_ALLOWED",
  406: "NOT_ACCEPTABLE",
  412: "PRECONDITION_FAILED",
  413: "BODY_TOO_LARGE",
  415: "UNSUPPORTED_CONTENT_TYPE",
  416: "RANGE_NOT_SATISFIABLE",
  422: "INVALID_REQUEST",
  429: "RATE_LIMITED",
  503: "SERVICE_UNAVAILABLE",
  504: "DEADLINE_EXCEEDED",
};

/** Whether this version of the SDK knows a code. */
export function isKnownCode(code: unknown): code is ErrorCode {
  return typeof code === "string" && Object.hasOwn(errorCatalog, code);
}

/** The problem details (RFC 9457) an error came with; undefined when it was not answered by the platform. */
export function problemOf(error: unknown): Problem | undefined {
  return error instanceof AppError && error.details["problem"] !== undefined ? (error.details["problem"] as Problem) : undefined;
}

/**
 * A failed answer as the error it stands for. `details.problem` keeps what was answered; a code this version does not
 * know becomes the nearest one of the same status.
 */
export function toAppError(status: number, body: string, headers: Headers): AppError {
  const retryAfter = Number(headers.get("retry-after") ?? Number.NaN);
  const wait = Number.isFinite(retryAfter) ? { retryAfterSeconds: retryAfter } : {};
  const problem = parseProblem(body);
  if (!problem) return new AppError(byStatus[status] ?? "INTERNAL", { detail: `The server answered ${status} without saying why.`, ...wait });
  const { type: _type, title: _title, status: _status, code: _code, ...details } = problem;
  const code = isKnownCode(problem.code) ? problem.code : (byStatus[status] ?? "INTERNAL");
  return new AppError(code, { ...details, ...wait, problem } as ConstructorParameters<typeof AppError>[1]);
}

function parseProblem(body: string): Problem | undefined {
  if (!body.startsWith("{")) return undefined;
  try {
    const parsed = JSON.parse(body) as Partial<Problem>;
    // Looked at field by field: a web page holds no parser of contracts.
    const texts = [parsed.type, parsed.title, parsed.code, parsed.detail, parsed.requestId];
    return texts.every((text) => typeof text === "string") && Number.isInteger(parsed.status) ? (parsed as Problem) : undefined;
  } catch {
    return undefined;
  }
}
