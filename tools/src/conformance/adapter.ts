import type { Json, Unit } from "./compare.ts";

/** One case of a suite. Cases of the flow suite have `steps`, all others one `do` with its `input`. */
export interface ConformanceCase extends Unit {
  readonly id: string;
  readonly group: string;
  readonly do?: string;
  readonly input?: Json;
  readonly registry?: unknown;
  readonly steps?: readonly (Json & Unit)[];
}

/** A file of cases. */
export interface ConformanceFile {
  readonly suite: string;
  readonly registries?: Json;
  readonly cases: readonly ConformanceCase[];
}

/** What ours answered to one unit, and how long that took, ms. */
export interface Answer {
  readonly unit: Unit;
  readonly got: unknown;
  readonly elapsedMs: number;
}

/** Feeds one case to our engine. A step that is to be skipped gives no answer; what is thrown fails the case. */
export type Adapter = (given: ConformanceCase, file: ConformanceFile) => Promise<readonly Answer[]>;
