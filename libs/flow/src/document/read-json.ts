import { forbiddenKeys } from "./scan.ts";
import { isUnsafe } from "./source.ts";
import type { Place, Report, Source } from "./source.ts";
import { faultOffset, walkJson } from "./walk-json.ts";

function places(text: string, report: Report): Map<string, Place> {
  const found = new Map<string, Place>();
  walkJson(text, {
    key(path, key, offset, isRepeated) {
      if (isRepeated) report({ path, code: "DUPLICATE_KEY", message: "this key stands twice", offset });
      if (forbiddenKeys.has(key)) report({ path, code: "FORBIDDEN_KEY", message: `${key} cannot be a key`, offset });
    },
    value: (path, place) => void found.set(path, place),
    word(path, word) {
      if (isUnsafe(word)) report({ path, code: "WRONG_TYPE", message: "write a number beyond 2^53 in quotes" });
    },
  });
  return found;
}

/** How many keys there are; not a number where a closer look is needed. */
function countKeys(value: unknown): number {
  if (typeof value === "number") return Number.isInteger(value) && !Number.isSafeInteger(value) ? Number.NaN : 0;
  if (typeof value !== "object" || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) for (const item of value) count += countKeys(item);
  else for (const [key, item] of Object.entries(value)) count += forbiddenKeys.has(key) ? Number.NaN : 1 + countKeys(item);
  return count;
}

/** Reads a JSON text that has `keys` keys and whose nesting was bounded before. */
export function readJson(text: string, keys: number, report: Report): Source | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    report({ path: "", code: "TEXT_NOT_PARSEABLE", message: "this is no JSON here", offset: faultOffset(error, text) });
    return undefined;
  }
  // JSON.parse keeps the last of equal keys: fewer keys than the text has say that there are some.
  if (countKeys(value) !== keys) places(text, report);
  let found: Map<string, Place> | undefined;
  return { value, placeOf: (path) => (found ??= places(text, () => {})).get(path) };
}
