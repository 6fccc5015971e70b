import { AppError } from "@rivergen/contracts";
import { copyOf } from "@rivergen/pipeline";
import type { Context, MaybePromise } from "@rivergen/pipeline";
import type { ProcessorEntry } from "../registry/entries.ts";

/** One call of a mock. */
export interface MockCall {
  /** As it came in; later changes of it do not show. */
  readonly input: unknown;
  readonly config: unknown;
  /** From 1, counted by the nearest retry around. */
  readonly attempt: number;
  readonly executionId: string;
  /** When it began, on the clock of the flow, ms. */
  readonly at: number;
  /** `running` until it has ended; `cancelled` when it was aborted while it waited. */
  outcome: "running" | "done" | "failed" | "cancelled";
}

export interface MockBehaviour {
  /** What it gives. Default: its input. */
  readonly returns?: (input: unknown, call: MockCall) => MaybePromise<unknown>;
  /** How long it takes, ms, on the clock of the flow. Default: it is over at once. */
  readonly delayMs?: number;
  /** Fails the first so many calls; `Infinity` for all. Default 0. */
  readonly failures?: number;
  /** What it throws then. Default: STEP_FAILED with the text `<name> failed`. */
  readonly error?: (call: MockCall) => Error;
}

/** A processor that remembers its calls and can be told what to do. */
export interface MockProcessor {
  /** To be registered. */
  readonly entry: ProcessorEntry;
  /** Calls since it was made or reset, oldest first. */
  readonly calls: readonly MockCall[];
  /** Behaves otherwise from now on. */
  behave(behaviour: MockBehaviour): void;
  /** Forgets its calls and how many it has failed. */
  reset(): void;
}

/** Makes a processor for tests of flows. */
export function createMockProcessor(name: string, initial: MockBehaviour = {}): MockProcessor {
  const calls: MockCall[] = [];
  let behaviour = initial;
  let failed = 0;

  function finish(input: unknown, call: MockCall): MaybePromise<unknown> {
    const { failures = 0, error = () => new AppError("STEP_FAILED", { detail: `${name} failed` }), returns = (given: unknown) => given } = behaviour;
    if (failed < failures) {
      failed += 1;
      call.outcome = "failed";
      throw error(call);
    }
    call.outcome = "done";
    return returns(input, call);
  }

  async function wait(ms: number, input: unknown, call: MockCall, { clock, signal }: Context): Promise<unknown> {
    try {
      await clock.sleep(ms, signal);
    } catch (error) {
      call.outcome = "cancelled";
      throw error;
    }
    return await finish(input, call);
  }

  return {
    calls,
    entry: {
      name,
      description: `Stands in for ${name} in a test`,
      run(input, context, config) {
        const { attempt, executionId, clock } = context;
        const call: MockCall = { input: copyOf(input), config, attempt, executionId, at: clock.now(), outcome: "running" };
        calls.push(call);
        const { delayMs = 0 } = behaviour;
        return delayMs > 0 ? wait(delayMs, input, call, context) : finish(input, call);
      },
    },
    behave(next) {
      behaviour = next;
      failed = 0;
    },
    reset() {
      calls.length = 0;
      failed = 0;
    },
  };
}
