import { AppError } from "@rivergen/contracts";
import type { z } from "zod";

/**
 * Reads what somebody configured; every fault is told at once, with its place.
 * @throws INVALID_REQUEST with `errors`
 */
export function parseOptions<Schema extends z.ZodType>(schema: Schema, given: unknown, what: string): z.infer<Schema> {
  const { success, data, error } = schema.safeParse(given);
  if (success) return data;
  const errors = error.issues.map(({ path, code, message }) => ({ path: path.map((part) => `/${String(part)}`).join(""), code, message }));
  const detail = `${what}: ${errors.map(({ path, message }) => (path === "" ? message : `${path} ${message}`)).join("; ")}`;
  throw new AppError("INVALID_REQUEST", { detail, errors });
}
