import { systemClock } from "../clock.ts";
import type { Clock } from "../clock.ts";

/** What the samples of the last while say. */
export interface Stats {
  readonly count: number;
  readonly sum: number;
  readonly average: number;
  readonly min: number;
  readonly max: number;
  /** Value that the share `q` (0–1) of the samples does not exceed, at most 6 % too high; never above `max`. */
  quantile(q: number): number;
}

export interface MovingStatsOptions {
  /** How long a sample counts, ms. Default 300,000 (five minutes). */
  readonly windowMs?: number;
  /** Steps in which samples are forgotten. Default 20. */
  readonly slots?: number;
  readonly clock?: Clock;
}

/** Figures over a moving window in bounded memory: no sample is kept. */
export interface MovingStats {
  /** A sample, zero or greater. */
  add(value: number): void;
  /** Nothing where no sample is young enough; a quiet window ages too. */
  read(): Stats | undefined;
}

/** Buckets grow by an eighth of an octave: a value is known to within 6 %. */
const PER_OCTAVE = 12;
/** Smallest value told apart; what is smaller counts as this. */
const SMALLEST = 1e-3;
const BUCKETS = 40 * PER_OCTAVE;

const bucketOf = (value: number): number => (value <= SMALLEST ? 0 : Math.min(BUCKETS - 1, Math.ceil(Math.log2(value / SMALLEST) * PER_OCTAVE)));
const topOf = (bucket: number): number => SMALLEST * 2 ** (bucket / PER_OCTAVE);

interface Slot {
  index: number;
  count: number;
  sum: number;
  min: number;
  max: number;
  readonly buckets: Uint32Array;
}

export function createMovingStats({ windowMs = 300_000, slots = 20, clock = systemClock }: MovingStatsOptions = {}): MovingStats {
  const slotMs = windowMs / slots;
  const ring: (Slot | undefined)[] = Array.from({ length: slots + 1 });

  function slotAt(index: number): Slot {
    const place = index % ring.length;
    const known = ring[place];
    if (known?.index === index) return known;
    const slot = known ?? { index, count: 0, sum: 0, min: 0, max: 0, buckets: new Uint32Array(BUCKETS) };
    slot.buckets.fill(0);
    ring[place] = Object.assign(slot, { index, count: 0, sum: 0, min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY });
    return slot;
  }

  return {
    add(value) {
      const slot = slotAt(Math.floor(clock.now() / slotMs));
      slot.count += 1;
      slot.sum += value;
      if (value < slot.min) slot.min = value;
      if (value > slot.max) slot.max = value;
      const bucket = bucketOf(value);
      slot.buckets[bucket] = (slot.buckets[bucket] ?? 0) + 1;
    },
    read() {
      // A slot counts until its last moment is older than the window.
      const oldest = Math.floor(clock.now() / slotMs) - slots;
      const young = ring.filter((slot) => slot !== undefined && slot.index > oldest && slot.count > 0) as Slot[];
      if (young.length === 0) return undefined;
      const count = young.reduce((all, slot) => all + slot.count, 0);
      const sum = young.reduce((all, slot) => all + slot.sum, 0);
      const min = Math.min(...young.map((slot) => slot.min));
      const max = Math.max(...young.map((slot) => slot.max));
      const quantile = (q: number): number => {
        const rank = Math.max(1, Math.ceil(q * count));
        let passed = 0;
        for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
          for (const slot of young) passed += slot.buckets[bucket] ?? 0;
          if (passed >= rank) return Math.min(max, Math.max(min, topOf(bucket)));
        }
        return max;
      };
      return { count, sum, average: sum / count, min, max, quantile };
    },
  };
}
