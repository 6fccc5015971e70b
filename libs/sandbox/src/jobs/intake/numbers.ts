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
  const { whole = 0, fits64 = 0, point = 0, exponent = 0, pointGroups = 0, comma = 0, commaGroups = 0 } = stats.counts;
  const all = wanted(stats);
  if (all === 0) return { kind: "none" };
  if (whole === all) return { kind: "whole", fits: fits64 === all };
  const asPoint = point + exponent === all;
  const asGroups = pointGroups > 0 && point + pointGroups === all;
  const asComma = whole + comma + commaGroups === all;
  if (asPoint) return asComma ? { kind: "open", separator: "." } : { kind: "sure", style: "point" };
  if (asGroups) return asComma ? { kind: "open", separator: "," } : { kind: "sure", style: "point groups" };
  if (asComma) return { kind: "sure", style: commaGroups > 0 ? "comma groups" : "comma" };
  return { kind: "none" };
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
  const { exponent = 0, pointScale = 0, pointDigits = 0, commaScale = 0, commaDigits = 0 } = stats.counts;
  const [scale, digits] = decimalOf(style) === "." ? [pointScale, pointDigits] : [commaScale, commaDigits];
  if (exponent > 0 || scale > 6 || digits + scale > 18) return "double";
  return scale === 0 ? (digits <= 18 ? "integer" : "double") : `decimal(18,${scale})`;
}
