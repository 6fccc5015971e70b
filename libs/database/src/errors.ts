import { AppError } from "@rivergen/contracts";

/** What `pg` and the socket below it put on their errors. */
interface DriverError extends Error {
  readonly code?: string;
  readonly constraint?: string;
}

/** The connection or the server failed, not the statement: trying again can help. */
const UNAVAILABLE_STATE = /^(08|53|57P0[1-5]|40001|40P01|55P03|58)/;
const UNAVAILABLE_SOCKET = new Set(["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "ENOTFOUND", "EHOSTUNREACH", "ENETUNREACH", "EAI_AGAIN"]);
const UNAVAILABLE_MESSAGE = /Connection terminated|timeout exceeded when trying to connect|not queryable|pool after calling end|Client was closed/i;

/** Statement stopped by `statement_timeout` or by a cancel request. */
const CANCELED = "57014";

/**
 * Says what a driver error means: `STORE_UNAVAILABLE` when trying again can help, `DEADLINE_EXCEEDED` for a statement that
 * ran too long. Everything else (constraints, syntax, rights) stays what it was.
 */
export function toStoreError(error: unknown): unknown {
  if (error instanceof AppError || !(error instanceof Error)) return error;
  const { code = "", message } = error as DriverError;
  if (code === CANCELED) return new AppError("DEADLINE_EXCEEDED", {}, error);
  const unavailable = UNAVAILABLE_STATE.test(code) || UNAVAILABLE_SOCKET.has(code) || UNAVAILABLE_MESSAGE.test(message);
  return unavailable ? new AppError("STORE_UNAVAILABLE", {}, error) : error;
}

/** Whether a statement failed because the row is there already; with a name, only for that constraint. */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  const { code, constraint: violated } = (error ?? {}) as Partial<DriverError>;
  return code === "23505" && (constraint === undefined || violated === constraint);
}
