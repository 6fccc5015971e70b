import { faultOffset, walkJson } from "@rivergen/flow/text";
import { maxDocumentValues } from "./text-limits.ts";
import type { Places } from "./text-places.ts";

/** Reports a fault of the text itself. */
export type ReportText = (path: string, code: string, message: string, offset: number) => void;

/** Reads a JSON text whose nesting was bounded before; faults are reported. */
export function readJson(text: string, places: Places, report: ReportText): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    report("", "TEXT_NOT_PARSEABLE", "this is no JSON here", faultOffset(error, text));
    return undefined;
  }
  let values = 0;
  walkJson(text, {
    key(path, key, at, isRepeated) {
      if (isRepeated) report(path, "DUPLICATE_KEY", `the key ${JSON.stringify(key.slice(0, 60))} stands twice`, at);
    },
    value(path, place, isText) {
      values += 1;
      if (values === maxDocumentValues + 1) report(path, "DOCUMENT_TOO_LARGE", `a document has at most ${maxDocumentValues} values`, place.value);
      places.add(path, { key: place.key, value: isText ? place.value + 1 : place.value, isExact: true });
    },
    word(path, word, at) {
      if (/^-?\d+$/.test(word) && !Number.isSafeInteger(Number(word))) report(path, "NUMBER_TOO_LARGE", "write a number beyond 2^53 in quotes", at);
      if (/^-?\d/.test(word) && !Number.isFinite(Number(word))) report(path, "NUMBER_TOO_LARGE", "this number is too large", at);
    },
  });
  return value;
}
