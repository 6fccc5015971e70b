import { type PastStage, priceOf, type PriceTable, type Quote } from "@rivergen/contracts";

type Interval = { low: number | null; likely: number | null; high: number | null };
export interface QuoteBasis {
  /** Rows that come out, where the plan can tell. */
  readonly estimatedRows: number | null;
  readonly inputRows: number;
  readonly inputBytes: number;
  /** Stages the river has. */
  readonly stages: number;
  /** Past stages of this very document first, then of others. */
  readonly history: readonly PastStage[];
  readonly digest: string;
  readonly prices: PriceTable;
}

const unknown: Interval = { low: null, likely: null, high: null };
const gibibyte = 2 ** 30;
/** Fewer than so many past runs of the same document say little. */
const enoughOwn = 3;
const enoughOther = 5;

/** Rows, time and price as 80 % intervals from what past stages took; a bound without evidence is null. */
export function quoteOf(basis: QuoteBasis): Quote {
  const own = basis.history.filter(({ digest, inputBytes }) => digest === basis.digest && isAlike(inputBytes, basis.inputBytes));
  const { prices } = basis;
  const scanned = Number(priceOf(prices, "data.scanned", (basis.inputBytes * basis.stages) / gibibyte));
  const samples = own.length >= enoughOwn ? own : basis.history.filter(({ inputBytes }) => inputBytes > 0);
  const scale = (stage: PastStage): number => (own.length >= enoughOwn ? 1 : scaleTo(basis, stage));
  const known = own.length >= enoughOwn || samples.length >= enoughOther;
  const durationMs = known ? interval(samples.map((stage) => stage.durationMs * scale(stage) * basis.stages)) : unknown;
  const cpu = known ? interval(samples.map((stage) => stage.cpuMs * scale(stage) * basis.stages)) : unknown;
  const price = mapInterval(cpu, (ms) => Number(priceOf(prices, "compute.cpu", ms / 1000)) + scanned);
  const rows = own.length >= enoughOwn ? interval(own.map(({ outputRows }) => outputRows)) : { low: null, likely: basis.estimatedRows, high: null };
  return {
    rows,
    durationMs,
    price: { ...price, low: price.low ?? (known ? null : scanned), currency: prices.currency },
    basis: describe(own.length, samples.length, known),
  };
}

function describe(own: number, samples: number, known: boolean): string {
  if (own >= enoughOwn) return `80 % interval from ${own} past runs of this river over inputs of this size`;
  if (known) return `80 % interval from ${samples} past stages of other rivers, scaled by the size of the inputs`;
  return "no past runs to go by: time and price are unknown; the lower bound is the price of reading the inputs";
}

function isAlike(a: number, b: number): boolean {
  return a > 0 && b > 0 && Math.max(a, b) / Math.min(a, b) <= 1.5;
}

/** Work grows with the bytes read, but never to nothing: every stage has a fixed part. */
function scaleTo({ inputBytes }: QuoteBasis, stage: PastStage): number {
  return Math.max(0.2, inputBytes / Math.max(1, stage.inputBytes));
}

function interval(values: readonly number[]): Interval {
  const sorted = values.toSorted((a, b) => a - b);
  return { low: quantile(sorted, 0.1), likely: quantile(sorted, 0.5), high: quantile(sorted, 0.9) };
}

/** Linear between neighbours (type 7 of Hyndman and Fan). */
function quantile(sorted: readonly number[], share: number): number {
  const at = (sorted.length - 1) * share;
  const low = sorted[Math.floor(at)] ?? 0;
  const high = sorted[Math.ceil(at)] ?? low;
  return low + (high - low) * (at - Math.floor(at));
}

function mapInterval({ low, likely, high }: Interval, to: (value: number) => number): Interval {
  const map = (value: number | null): number | null => (value === null ? null : to(value));
  return { low: map(low), likely: map(likely), high: map(high) };
}
