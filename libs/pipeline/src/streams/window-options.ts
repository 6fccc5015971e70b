import { z } from "zod";

const positive = z.number().positive();
const common = {
  /** Most items held in open windows; one more fails the stream with OVERLOADED. Default 100,000. */
  capacity: z.int().positive().default(100_000),
};

/** Event time: items say themselves when they happened. Absent, the time of arrival counts. */
const eventTime = z.strictObject({
  /** How far behind the latest item an item may be and still be in time, ms. The watermark lags by this. Default 0. */
  outOfOrderMs: z.number().nonnegative().default(0),
  /** How long after the watermark passed its end a window takes late items; each gives the window again, as its next revision. Default 0. */
  allowedLatenessMs: z.number().nonnegative().default(0),
  /** After so long without an item the watermark goes on with the clock, ms. Absent: it moves with items only. */
  idleMs: positive.optional(),
});

/** How a stream is cut into windows. Sizes are greater than nothing; keys that a kind does not know are refused. */
export const windowOptions = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("count"),
    /** Items per window. */
    size: z.int().positive(),
    /** Items from one window's start to the next. Absent: `size`, and a last window with fewer items is given too; else it is not. */
    every: z.int().positive().optional(),
    ...common,
  }),
  z.strictObject({ kind: z.literal("tumbling"), sizeMs: positive, eventTime: eventTime.optional(), ...common }),
  z.strictObject({ kind: z.literal("sliding"), sizeMs: positive, everyMs: positive, eventTime: eventTime.optional(), ...common }),
  z.strictObject({ kind: z.literal("session"), gapMs: positive, eventTime: eventTime.optional(), ...common }),
]);
export type WindowOptions = z.infer<typeof windowOptions>;
export type TimeWindowOptions = Exclude<WindowOptions, { kind: "count" }>;
export type EventTime = z.infer<typeof eventTime>;

/** What the functions of a windowed stream are. */
export interface WindowFunctions<T, K> {
  /** Windows are cut for each key by itself. */
  readonly key: (item: T) => K;
  /** When an item happened, ms. Needed for event time. */
  readonly timeOf?: ((item: T) => number) | undefined;
  /** Gets items that came too late for every window. Default: they are counted only. */
  readonly onLate?: ((item: T) => void) | undefined;
}

/** Items of one window, in the order in which they arrived. */
export interface Window<T, K = undefined> {
  readonly key: K;
  /** First moment that belongs to it, ms; of count windows the number of its first item, from 0. */
  readonly start: number;
  /** First moment that does not belong to it any more; of count windows the number after its last item. */
  readonly end: number;
  readonly items: readonly T[];
  /** 0 when it is given first, then one more each time that a late item changed it. */
  readonly revision: number;
}
