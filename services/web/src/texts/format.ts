/** Numbers, sizes, times and prices in the words of the reader's locale. */
const locale = readLocale(navigator.language);
const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
const decimal = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
const precise = new Intl.NumberFormat(locale, { maximumSignificantDigits: 15 });
const compact = new Intl.NumberFormat(locale, { notation: "compact", maximumFractionDigits: 1 });
const small = new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 });
const percent = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 });
const dateTime = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "medium" });
const date = new Intl.DateTimeFormat(locale, { dateStyle: "medium" });
const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto", style: "short" });

/** Some systems give names that are no language tags (`en-US@posix`). */
function readLocale(name: string): string {
  try {
    return Intl.getCanonicalLocales(name)[0] ?? "en";
  } catch {
    return "en";
  }
}

/** 1,234,567 */
export const formatCount = (value: number): string => whole.format(value);
/** 1.2M; 0.00042 */
export const formatCompact = (value: number): string => (value !== 0 && Math.abs(value) < 1 ? small.format(value) : compact.format(value));
/** As many digits as a double holds. */
export const formatNumber = (value: number): string => precise.format(value);
/** 12.5 % */
export const formatShare = (fraction: number): string => percent.format(fraction);

/** Bytes in units of 1,000 as disks and networks are sold. */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const step = bytes < 1_000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${decimal.format(bytes / 1_000 ** step)} ${units[step]}`;
}

/** 0.4 s, 12 s, 3 min 4 s, 2 h 5 min */
export function formatDuration(ms: number): string {
  if (ms < 1_000) return `${whole.format(ms)} ms`;
  const seconds = ms / 1_000;
  if (seconds < 60) return `${small.format(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.round(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** An exact amount as text: as many decimals as say something. */
export function formatPrice(amount: number | string, currency: string): string {
  const value = Number(amount);
  const digits = value === 0 ? 2 : Math.min(8, Math.max(2, 1 - Math.floor(Math.log10(Math.abs(value)))));
  return new Intl.NumberFormat(locale, { style: "currency", currency, minimumFractionDigits: 2, maximumFractionDigits: digits }).format(value);
}

export const formatTime = (time: string): string => dateTime.format(new Date(time));
export const formatDate = (time: string): string => date.format(new Date(time));

/** 5 min. ago */
export function formatAgo(time: string, now: number = Date.now()): string {
  const seconds = (new Date(time).getTime() - now) / 1_000;
  const steps = [
    [60, 1, "second"],
    [3_600, 60, "minute"],
    [86_400, 3_600, "hour"],
    [Number.POSITIVE_INFINITY, 86_400, "day"],
  ] as const;
  const [, size, unit] = steps.find(([limit]) => Math.abs(seconds) < limit) ?? steps[3];
  return relative.format(Math.round(seconds / size), unit);
}
