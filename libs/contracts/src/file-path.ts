import { AppError } from "./errors.ts";
import { isIdForm } from "./ids.ts";

const longestBytes = 1_024;

/** Why a text cannot be a file's path; undefined when it can. */
function refusal(path: string): string | undefined {
  if (path === "") return "is empty";
  if (!path.isWellFormed()) return "is not valid Unicode";
  if (Buffer.byteLength(path) > longestBytes) return `is longer than ${longestBytes} bytes`;
  // oxlint-disable-next-line no-control-regex -- these are what is looked for
  if (/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(path)) return "holds a control character";
  if (path.includes("\\")) return "holds a backslash; folders are separated by /";
  if (path.startsWith("/")) return "begins with /; it must be relative";
  if (/^[A-Za-z]:/.test(path)) return "begins with a drive letter; it must be relative";
  return segmentRefusal(path.split("/")) ?? (isIdForm(path) ? "has the form of an id" : undefined);
}

function segmentRefusal(segments: readonly string[]): string | undefined {
  if (segments.includes("")) return "has an empty part (// or / at its end)";
  if (segments.some((segment) => segment === "." || segment === "..")) return "has a part that is . or ..";
  if (segments.some((segment) => segment.trim() === "")) return "has a part of spaces only";
  // `/v1/files/{file}/content` gives the bytes of {file}.
  if (segments.length > 1 && segments.at(-1) === "content") return "ends in /content, which is reserved";
  return undefined;
}

/**
 * A file's path in its one spelling: relative, parts separated by `/`, Unicode NFC, at most 1,024 bytes of UTF-8.
 * @throws INVALID_FILE_PATH with what is wrong
 */
export function parseFilePath(text: string): string {
  const path = text.isWellFormed() ? text.normalize("NFC") : text;
  const reason = refusal(path);
  if (reason !== undefined) throw new AppError("INVALID_FILE_PATH", { detail: `The path ${reason}.` });
  return path;
}
