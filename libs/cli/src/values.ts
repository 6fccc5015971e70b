import type { RiverDocument } from "@rivergen/contracts";
import { wrongUse } from "./failure.ts";

/** Rows to show: 1–10,000. @throws CommandFailure 64 */
export function readLimit(text: string): number {
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > 10_000) throw wrongUse(`--limit ${text}: give a number from 1 to 10000`);
  return limit;
}

/** `k=v` pairs as the parameters a document declares: numbers where it wants numbers. @throws CommandFailure 64 */
export function readParameters(texts: readonly string[], document: RiverDocument): Record<string, unknown> {
  return Object.fromEntries(
    texts.map((text) => {
      const mark = text.indexOf("=");
      if (mark < 1) throw wrongUse(`--param ${text}: write it as name=value`);
      const name = text.slice(0, mark);
      const declared = document.parameters?.[name];
      if (!declared) {
        const known = Object.keys(document.parameters ?? {});
        throw wrongUse(`--param ${name}: ${document.river} ${known.length === 0 ? "takes no parameters" : `takes ${known.join(", ")}`}`);
      }
      return [name, readValue(text.slice(mark + 1), declared.type, name)];
    }),
  );
}

function readValue(text: string, type: string, name: string): unknown {
  if (type === "integer" || type === "double") {
    const value = Number(text);
    if (text.trim() === "" || !Number.isFinite(value)) throw wrongUse(`--param ${name}=${text}: give a number`);
    // What a double cannot hold exactly goes as text.
    return type === "integer" && !Number.isSafeInteger(value) ? text : value;
  }
  if (type !== "boolean") return text;
  if (text !== "true" && text !== "false") throw wrongUse(`--param ${name}=${text}: give true or false`);
  return text === "true";
}
