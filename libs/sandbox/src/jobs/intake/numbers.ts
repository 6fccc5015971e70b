import type { TextStats } from "./text-stats.ts";

/** How numbers of a column are written. `groups` are thousands separators. */
export type NumberStyle = "point" | "point groups" | "comma" | "comma groups";

/** What the values of one column say about the way they are written. */
export type NumberEvidence =
  | { readonly kind: "none" }
  | { readonly kind: "whole"; readonly fits: boolean }
  | { readonly kind: "sure"; readonly style: NumberStyle }
  /** `1.234` (or `1,234`) only: thousand, or one and a fraction. */
  | { readonly kind: "open"; readonly separator: "." | "," };

/** Values that a column of numbers must all match. */
const wanted = (stats: TextStats): number => stats.filled - stats.words;

export function numberEvidence(stats: TextStats): NumberEvidence {
  const all = wanted(stats);
  const count = (...keys: string[]): number => keys.reduce((sum, key) => sum + (stats.counts[key] ?? 0), 0);
  if (all === 0) return { kind: "none" };
  if (count("whole") === all) return { kind: "whole", fits: count("fits64") === all };
  const asComma = count("whole", "comma", "commaGroups") === all;
  if (count("point", "exponent") === all) return asComma ? { kind: "open", separator: "." } : { kind: "sure", style: "point" };
  if (count("pointGroups") > 0 && count("point", "pointGroups") === all)
    return asComma ? { kind: "open", separator: "," } : { kind: "sure", style: "point groups" };
  if (!asComma) return { kind: "none" };
  return { kind: "sure", style: count("commaGroups") > 0 ? "comma groups" : "comma" };
}

/** The decimal sign that a style implies. */
export const decimalOf = (style: NumberStyle): "." | "," => (style.startsWith("point") ? "." : ",");

/** Text that a cast understands, for a value in a style. */
export function plainNumber(value: string, style: NumberStyle): string {
  if (style === "point") return value;
  if (style === "point groups") return `replace(${value}, ',', '')`;
  return `replace(replace(${value}, '.', ''), ',', '.')`;
}

/** Type for numbers with a fraction: `decimal(18,s)` where every value has at most six places and fits, else `double`. */
export function fractionType(stats: TextStats, style: NumberStyle): string {
  const sign = decimalOf(style) === "." ? "point" : "comma";
  const { [`${sign}Scale`]: scale = 0, [`${sign}Digits`]: fractionDigits = 0, wholeDigits = 0, exponent = 0 } = stats.counts;
  const digits = Math.max(fractionDigits, wholeDigits);
  if (exponent > 0 || scale > 6 || digits + scale > 18) return "double";
  return scale === 0 ? (digits <= 18 ? "integer" : "double") : `decimal(18,${scale})`;
}
