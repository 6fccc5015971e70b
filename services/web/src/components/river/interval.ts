/** Likely between `low` and `high` in 8 of 10 cases; a bound without evidence is null. */
export interface Interval {
  readonly low: number | null;
  readonly likely: number | null;
  readonly high: number | null;
}
interface Words {
  readonly unknown: string;
  about(value: string): string;
  atLeast(value: string): string;
  atMost(value: string): string;
  between(low: string, high: string): string;
}

/** An interval in words that say no more than is known. `range` is empty where it would only say that again. */
export function readInterval(
  { low, likely, high }: Interval,
  format: (value: number) => string,
  words: Words,
): { readonly likely: string; readonly range: string } {
  const range = readBounds(low, high, format, words);
  if (likely === null) return { likely: range === "" ? words.unknown : range, range: "" };
  return { likely: words.about(format(likely)), range };
}

function readBounds(low: number | null, high: number | null, format: (value: number) => string, words: Words): string {
  if (low !== null && high !== null) return low === high ? format(low) : words.between(format(low), format(high));
  if (low !== null) return words.atLeast(format(low));
  return high === null ? "" : words.atMost(format(high));
}
