import { forbiddenKeys, maxDepth, maxValues } from "./scan.ts";
import { pointer } from "./source.ts";
import type { Report } from "./source.ts";

interface Copying {
  readonly report: Report;
  values: number;
}

function isWithinLimits(copying: Copying, path: string, depth: number): boolean {
  copying.values += 1;
  if (depth > maxDepth) copying.report({ path, code: "DOCUMENT_TOO_DEEP", message: `a document is nested at most ${maxDepth} deep` });
  else if (copying.values === maxValues + 1) copying.report({ path, code: "DOCUMENT_TOO_LARGE", message: `a document has at most ${maxValues} values` });
  return depth <= maxDepth && copying.values <= maxValues;
}

function copyMap(copying: Copying, value: object, path: string, depth: number): unknown {
  const map: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    const place = pointer(path, key);
    if (forbiddenKeys.has(key)) copying.report({ path: place, code: "FORBIDDEN_KEY", message: `${key} cannot be a key`, part: "key" });
    else if (item !== undefined) map[key] = copy(copying, item, place, depth + 1);
  }
  return map;
}

function copy(copying: Copying, value: unknown, path: string, depth: number): unknown {
  if (!isWithinLimits(copying, path, depth)) return null;
  if (typeof value !== "object" || value === null) {
    if (typeof value !== "function" && typeof value !== "symbol" && typeof value !== "bigint") return value;
    copying.report({ path, code: "WRONG_TYPE", message: "only plain data can stand in a document" });
    return null;
  }
  if (Array.isArray(value)) return value.map((item, index) => copy(copying, item, pointer(path, index), depth + 1));
  return copyMap(copying, value, path, depth);
}

/** A copy of plain data that its owner cannot change any more; cycles and what is too large are reported. */
export function copyPlain(value: unknown, report: Report): unknown {
  return copy({ report, values: 0 }, value, "", 0);
}
