import { createSignals, createVirtualClock } from "@rivergen/pipeline";
import type { AnySignalEvent, PipelineSignals, Signals, VirtualClock } from "@rivergen/pipeline";
import { createRegistry } from "../registry/registry.ts";
import type { FlowSignals } from "../signals.ts";
import { createFlows } from "../store/flows.ts";
import type { Flows } from "../store/flows.ts";
import { createMockProcessor } from "./mock.ts";
import type { MockBehaviour, MockProcessor } from "./mock.ts";

/** Flows with everything a test needs around them. */
export interface FlowBench {
  readonly flows: Flows;
  /** Time passes only when told: `await bench.clock.advance(100)`. */
  readonly clock: VirtualClock;
  readonly signals: Signals<FlowSignals & PipelineSignals>;
  /** Everything told so far, in order. */
  readonly told: readonly AnySignalEvent<FlowSignals & PipelineSignals>[];
  /** Registers a mock. */
  mock(name: string, behaviour?: MockBehaviour): MockProcessor;
}

/** Flows on a registry of their own, a clock that stands still, without randomness (a jitter takes its whole share off). */
export function createFlowBench(): FlowBench {
  const clock = createVirtualClock();
  const signals = createSignals<FlowSignals & PipelineSignals>({ clock });
  const told: AnySignalEvent<FlowSignals & PipelineSignals>[] = [];
  signals.tap((event) => void told.push(event));
  const flows = createFlows({ registry: createRegistry({ signals }), signals, clock, random: () => 1 });
  return {
    flows,
    clock,
    signals,
    told,
    mock(name, behaviour) {
      const made = createMockProcessor(name, behaviour);
      flows.registry.processors.add(made.entry);
      return made;
    },
  };
}
