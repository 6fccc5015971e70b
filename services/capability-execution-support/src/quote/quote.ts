import { type PastStage, priceOf, type PriceTable, type Quote } from "@rivergen/contracts";

type Interval = { low: number | null; likely: number | null; high: number | null };
export interface QuoteBasis {
  /** Rows that come out, where the plan can tell. */
  readonly estimatedRows: number | null;
  readonly inputBytes: number;
  /** Stages the river has. */
  readonly stages: number;
  /** Past stages of this very document first, then of others. */
  readonly history: readonly PastStage[];
  readonly digest: string;
  readonly prices: PriceTable;
}
/** What one past run, or stage of another river, says this river will take as a whole. */
interface Sample {
  readonly durationMs: number;
  readonly cpuMs: number;
}
interface Evidence {
  readonly samples: readonly Sample[];
  /** From so many on, the samples' own spread is told; fewer get the spread assumed for their kind. */
  readonly enough: number;
  readonly sigma: number;
  readonly basis: string;
}

const unknown: Interval = { low: null, likely: null, high: null };
const gibibyte = 2 ** 30;
/**
 * Standard deviations of the logarithm that are assumed while there are too few samples to show their own: the same work
 * again differs by half in two of three cases, other work of the same size by three times.
 */
const ownSigma = Math.log(1.5);
const otherSigma = Math.log(3);
/** The standard normal distribution has 80 % of its mass within so many standard deviations. */
const z80 = 1.2816;

/** Rows, time and price as 80 % intervals from what past stages took; a bound without evidence is null. */
export function quoteOf(basis: QuoteBasis): Quote {
  const { prices } = basis;
  const own = ownRuns(basis);
  const scanned = Number(priceOf(prices, "data.scanned", (basis.inputBytes * basis.stages) / gibibyte));
  const evidence = own.length > 0 ? ownEvidence(own) : otherEvidence(basis);
  const durationMs = intervalOf(evidence, ({ durationMs: ms }) => ms);
  const cpu = intervalOf(evidence, ({ cpuMs }) => cpuMs);
  const price = mapInterval(cpu, (ms) => Number(priceOf(prices, "compute.cpu", ms / 1000)) + scanned);
  return {
    rows: rowsOf(own, basis.estimatedRows),
    durationMs,
    price: { ...price, low: price.low ?? scanned, currency: prices.currency },
    basis: evidence?.basis ?? "no past runs to go by: time and price are unknown; the lower bound is the price of reading the inputs",
  };
}

/** Complete past runs of this document over inputs of this size, newest first. */
function ownRuns({ history, digest, inputBytes, stages }: QuoteBasis): PastStage[][] {
  const alike = history.filter((past) => past.digest === digest && isAlike(past.inputBytes, inputBytes));
  return [...Map.groupBy(alike, ({ run }) => run).values()].filter((parts) => parts.length === stages);
}

const total = (stages: readonly PastStage[], of: (stage: PastStage) => number): number => stages.reduce((sum, stage) => sum + of(stage), 0);

function ownEvidence(runs: readonly (readonly PastStage[])[]): Evidence {
  const samples = runs.map((stages) => ({ durationMs: total(stages, ({ durationMs }) => durationMs), cpuMs: total(stages, ({ cpuMs }) => cpuMs) }));
  const enough = 3;
  const wide = runs.length < enough ? "; wide, since they are few" : "";
  return { samples, enough, sigma: ownSigma, basis: `${counted(runs.length, "past run")} of this river over inputs of this size${wide}` };
}

/** What other rivers of the workspace took, brought to the bytes that this one reads. */
function otherEvidence(basis: QuoteBasis): Evidence | undefined {
  const others = basis.inputBytes > 0 ? basis.history.filter(({ inputBytes }) => inputBytes > 0) : [];
  if (others.length === 0) return undefined;
  const samples = others.map((past) => {
    const scale = scaleTo(basis, past) * basis.stages;
    return { durationMs: past.durationMs * scale, cpuMs: past.cpuMs * scale };
  });
  const enough = 5;
  const wide = others.length < enough ? "; wide, since they are few" : "";
  return { samples, enough, sigma: otherSigma, basis: `${counted(others.length, "past stage")} of other rivers, scaled by the size of the inputs${wide}` };
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** Whether what was read then is as much as what is read now. */
export function isAlike(a: number, b: number): boolean {
  return a > 0 && b > 0 && Math.max(a, b) / Math.min(a, b) <= 1.5;
}

/** Every stage has a fixed part, which weighs as much as reading so many bytes: times of small inputs say little of large ones. */
const fixedBytes = 16 * 2 ** 20;

/** Work grows with the bytes read, from the fixed part on. */
function scaleTo({ inputBytes }: QuoteBasis, stage: PastStage): number {
  return Math.max(0.2, (inputBytes + fixedBytes) / (stage.inputBytes + fixedBytes));
}

function rowsOf(own: readonly (readonly PastStage[])[], estimated: number | null): Interval {
  if (own.length >= 3) return quantiles(own.map((stages) => total(stages, ({ outputRows }) => outputRows)));
  return { low: null, likely: estimated, high: null };
}

function intervalOf(evidence: Evidence | undefined, of: (sample: Sample) => number): Interval {
  if (!evidence) return unknown;
  const values = evidence.samples.map(of);
  return values.length >= evidence.enough ? quantiles(values) : spread(values, evidence.sigma);
}

/**
 * Where the next of some values lies in 80 % of cases, if their logarithms are normally distributed with this deviation:
 * around their geometric mean, wider the fewer they are.
 */
function spread(values: readonly number[], sigma: number): Interval {
  // A clock that counts milliseconds may say 0 of what took less.
  const mean = values.reduce((sum, value) => sum + Math.log(Math.max(value, 1)), 0) / values.length;
  const reach = z80 * sigma * Math.sqrt(1 + 1 / values.length);
  return { low: Math.exp(mean - reach), likely: Math.exp(mean), high: Math.exp(mean + reach) };
}

function quantiles(values: readonly number[]): Interval {
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
