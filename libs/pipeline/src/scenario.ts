import { AppError } from "@rivergen/contracts";
import { createPipeline } from "./pipeline.ts";
import type { Pipeline } from "./pipeline.ts";
import { apply } from "./processors/apply.ts";
import type { Processor } from "./processor.ts";
import { createSignals } from "./signals.ts";
import type { AnySignalEvent } from "./signals.ts";
import type { PipelineSignals } from "./signal-catalog.ts";
import { createVirtualClock } from "./virtual-clock.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/** What the tests of connectors stand on: a pipeline on a clock of its own, and all that it told. */
export interface Scenario<In, Out> {
  readonly clock: VirtualClock;
  readonly pipeline: Pipeline<In, Out>;
  /** Delivers what was told so far. */
  told(): Promise<AnySignalEvent<PipelineSignals>[]>;
  /** Names of the signals told so far. */
  toldNames(): Promise<string[]>;
}

/** Builds a scenario around a processor. */
export function scenario<In, Out>(root: Processor<In, Out>): Scenario<In, Out> {
  const clock = createVirtualClock();
  const signals = createSignals<PipelineSignals>({ clock });
  const events: AnySignalEvent<PipelineSignals>[] = [];
  signals.observe((event) => events.push(event));
  return {
    clock,
    pipeline: createPipeline(root, { clock, signals, random: () => 0 }),
    async told() {
      await signals.flush();
      return events;
    },
    async toldNames() {
      await signals.flush();
      return events.map(({ signal }) => signal);
    },
  };
}

/** Always fails with an error that says trying again can help. */
export const failing = (name: string, detail = "boom"): Processor<unknown, never> =>
  apply(name, () => {
    throw new AppError("STORE_UNAVAILABLE", { detail });
  });

/** Gives its input on after so long; counts how it ended. */
export function sleeping<T>(name: string, ms: number): Processor<T, T> & { readonly ends: { finished: number; aborted: number } } {
  const ends = { finished: 0, aborted: 0 };
  const processor = apply<T, T>(name, async (input, { clock, signal }) => {
    try {
      await clock.sleep(ms, signal);
      ends.finished += 1;
      return input;
    } catch (error) {
      ends.aborted += 1;
      throw error;
    }
  });
  return { ...processor, ends };
}

/** Never ends, whatever happens. */
export const deaf = (name: string): Processor<unknown, never> => apply(name, () => new Promise<never>(() => {}));
