const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** Longest duration, in milliseconds: timers count no further than some days more. */
const longestMs = 24 * 24 * 3_600_000;

/** Milliseconds of `250ms`, `1s`, `10m` or `24h`; undefined when it is no duration, is nothing, or is longer than 24 days. */
export function parseDuration(text: string): number | undefined {
  const found = /^(\d{1,9})(ms|s|m|h)$/.exec(text);
  const value = found ? Number(found[1]) * (units[found[2] ?? ""] ?? 0) : 0;
  return value > 0 && value <= longestMs ? value : undefined;
}
