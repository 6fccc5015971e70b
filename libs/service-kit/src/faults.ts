import { errorCatalog, type Fault, pointer } from "@rivergen/contracts";
import type { z } from "zod";

type Issue = z.core.$ZodIssue;

/** Every fault of an input, in words: `prefix` stands before the path of what is no body (`query`, `path`). */
export function toFaults(issues: readonly Issue[], prefix = ""): Fault[] {
  return issues.flatMap((issue) => faultsOf(issue, prefix));
}

function faultsOf(issue: Issue, prefix: string): Fault[] {
  const path = pointer(prefix, ...issue.path);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({ path: pointer(prefix, ...issue.path, key), code: "UNKNOWN_FIELD", message: "is not known here" }));
  }
  if (issue.code === "invalid_union") {
    // The branch that came furthest says best what is wrong.
    const best = [...issue.errors].sort((a, b) => depth(b) - depth(a))[0];
    if (best && best.length > 0) return best.flatMap((inner) => faultsOf({ ...inner, path: [...issue.path, ...inner.path] }, prefix));
  }
  return [{ path, code: codeOf(issue), message: issue.message }];
}

function depth(issues: readonly Issue[]): number {
  return Math.max(0, ...issues.map((issue) => issue.path.length));
}

const codes: Readonly<Record<string, string>> = {
  too_small: "OUT_OF_RANGE",
  too_big: "OUT_OF_RANGE",
  invalid_format: "INVALID_FORMAT",
  invalid_value: "NOT_ALLOWED",
  not_multiple_of: "OUT_OF_RANGE",
  invalid_key: "INVALID_KEY",
  invalid_union: "WRONG_TYPE",
};

function codeOf(issue: Issue): string {
  if (issue.code === "invalid_type") return issue.message.includes("received undefined") ? "REQUIRED" : "WRONG_TYPE";
  return codes[issue.code] ?? "INVALID";
}

/** Whether a code belongs to the catalogue (codes arrive as text from other processes). */
export function isErrorCode(code: string): code is keyof typeof errorCatalog {
  return Object.hasOwn(errorCatalog, code);
}
