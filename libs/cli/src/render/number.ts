const grouped = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** `3,000,000` */
export function formatCount(count: number): string {
  return grouped.format(count);
}

/** `1 row`, `5 columns`. */
export function formatAmount(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** `640 B`, `13.5 MB` (powers of 1,000). */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 99.95 ? Math.round(value) : Number(value.toFixed(1))} ${units[unit]}`;
}

/** Seconds with two significant digits below ten: `0.041`, `0.41`, `4.1`, `41`. */
function seconds(ms: number): string {
  const value = ms / 1000;
  return value >= 10 ? value.toFixed(0) : value === 0 ? "0" : trim(value.toFixed(decimalsFor(value, 2)));
}

/** `0.41 s`, `2 min 5 s`, `1 h 2 min`. */
export function formatDuration(ms: number): string {
  const rounded = Math.round(ms / 1000);
  if (rounded >= 3600) return `${Math.floor(rounded / 3600)} h ${Math.floor((rounded % 3600) / 60)} min`;
  if (rounded >= 60) return `${Math.floor(rounded / 60)} min ${rounded % 60} s`;
  return `${seconds(ms)} s`;
}

/** Decimals that show a positive number with `digits` significant digits. */
function decimalsFor(value: number, digits: number): number {
  return Math.min(12, Math.max(0, digits - 1 - Math.floor(Math.log10(Math.abs(value)))));
}

function trim(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/** A number of few digits, never in exponents: `0.00021`. */
export function formatSmall(value: number, digits = 2): string {
  if (value === 0) return "0";
  return trim(value.toFixed(decimalsFor(value, digits)));
}

/** An exact decimal without the zeros that say nothing: `0.0002100` → `0.00021`. */
export function formatDecimal(text: string): string {
  return trim(text);
}

/** Both ends of an interval with the same unit; a missing bound says so: `0.3–0.6 s`, `at least 0.3 s`, `unknown`. */
export function formatInterval({ low, high }: { low: number | null; high: number | null }, unit: string, format: (value: number) => string): string {
  if (low === null && high === null) return `${unit === "" ? "" : `${unit} `}unknown`;
  const behind = unit === "" ? "" : ` ${unit}`;
  if (low === null) return `at most ${format(high as number)}${behind}`;
  if (high === null) return `at least ${format(low)}${behind}`;
  const [from, to] = [format(low), format(high)];
  return from === to ? `${from}${behind}` : `${from}–${to}${behind}`;
}

/** A duration interval: in seconds, or in minutes where it is long. */
export function formatDurations({ low, high }: { low: number | null; high: number | null }): string {
  if (low === null && high === null) return "duration unknown";
  if ((high ?? low ?? 0) >= 60_000) return formatInterval({ low, high }, "", formatDuration);
  return formatInterval({ low, high }, "s", seconds);
}
