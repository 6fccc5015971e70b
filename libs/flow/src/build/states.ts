import { createRateLimiter } from "@rivergen/pipeline";
import type { Breaker, BreakerSnapshot, Clock, RateLimiter, RateLimiterOptions } from "@rivergen/pipeline";
import { isEmpty } from "../document/grammar.ts";
import type { FlowNode } from "../document/grammar.ts";

/** What a breaker or limiter was made with. */
interface Kept<T> {
  readonly value: T;
  readonly settings: string;
}

/**
 * The breakers and limiters of one build. A node finds what it had in the build before by its identity: its type and
 * name, or without a name its type and everything under it; equal ones are told apart by their order.
 */
export interface States {
  /** The one of the build before; with other settings, one that goes on where that one is. */
  breaker(node: FlowNode, settings: object, make: (initial: BreakerSnapshot | undefined) => Breaker): Breaker;
  limiter(node: FlowNode, settings: Required<Pick<RateLimiterOptions, "perSecond" | "burst" | "mode">>, clock: Clock): RateLimiter;
  /** Makes what changed take effect; called when the build takes the place of the one before. */
  commit(): void;
  readonly breakers: ReadonlyMap<string, Kept<Breaker>>;
  readonly limiters: ReadonlyMap<string, Kept<RateLimiter>>;
}

function identityOf(node: FlowNode, taken: { has(identity: string): boolean }): string {
  const base = isEmpty(node.name) ? `${node.type} ${JSON.stringify(node.child)}` : `${node.type} ${node.name}`;
  for (let number = 1; ; number += 1) {
    const identity = `${number} ${base}`;
    if (!taken.has(identity)) return identity;
  }
}

/** @param before - the states of the build whose place this one takes */
export function createStates(before?: States): States {
  const breakers = new Map<string, Kept<Breaker>>();
  const limiters = new Map<string, Kept<RateLimiter>>();
  const changes: (() => void)[] = [];
  return {
    breaker(node, options, make) {
      const settings = JSON.stringify(options);
      const identity = identityOf(node, breakers);
      const old = before?.breakers.get(identity);
      const value = old?.settings === settings ? old.value : make(old?.value.snapshot());
      breakers.set(identity, { value, settings });
      return value;
    },
    limiter(node, options, clock) {
      const settings = JSON.stringify(options);
      const identity = identityOf(node, limiters);
      const old = before?.limiters.get(identity);
      const value = old?.value ?? createRateLimiter({ ...options, clock });
      if (old && old.settings !== settings) changes.push(() => value.configure(options));
      limiters.set(identity, { value, settings });
      return value;
    },
    commit: () => changes.splice(0).forEach((change) => change()),
    breakers,
    limiters,
  };
}
