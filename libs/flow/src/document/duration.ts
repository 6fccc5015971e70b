/** Milliseconds per unit. */
const units: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, µs: 1e-3, μs: 1e-3, ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
const part = /(\d+\.?\d*|\.\d+)([a-zµμ]+)/y;

/** Longest duration, in milliseconds: 2^63 nanoseconds, some 292 years. */
const longestMs = 2 ** 63 / 1e6;

/** What a text says about a duration: its milliseconds, or why it says nothing. */
export type Duration = { readonly ms: number; readonly fault?: never } | { readonly ms?: never; readonly fault: string };

function unitFault(unit: string | undefined): string {
  const known = "ns, us, ms, s, m, h";
  return unit === undefined ? `write a number with a unit (${known}), as in 250ms or 1m30s` : `${JSON.stringify(unit)} is no unit; there are ${known}`;
}

/** Adds up numbers with units, from an offset on. */
function sum(text: string, start: number): Duration {
  let ms = 0;
  for (let at = start; at < text.length; at = part.lastIndex) {
    part.lastIndex = at;
    const found = part.exec(text);
    const factor = units[found?.[2] ?? ""];
    if (!found || factor === undefined) return { fault: unitFault(found?.[2]) };
    ms += Number(found[1]) * factor;
  }
  return { ms };
}

/**
 * Reads `250ms`, `1.5s`, `1m30s`: numbers with units, added up. A sign is understood, but nothing and less than nothing
 * are no durations here.
 */
export function readDuration(text: string): Duration {
  const signs = /^[-+]/.test(text) ? 1 : 0;
  if (text.length === signs) return { fault: unitFault(undefined) };
  const { ms, fault } = text.slice(signs) === "0" ? { ms: 0 } : sum(text, signs);
  if (fault !== undefined) return { fault };
  if (text.startsWith("-") || ms === 0) return { fault: "a duration is longer than nothing" };
  return ms > longestMs ? { fault: "this is longer than 292 years" } : { ms };
}
