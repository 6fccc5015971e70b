import { defineProcessor } from "../processor.ts";
import type { Processor } from "../processor.ts";
import { runStages } from "./run-stages.ts";
import type { Stage } from "./run-stages.ts";

type P<In, Out> = Processor<In, Out>;

/**
 * Stages of different types, one after the other; a stage that does not take what the one before gives does not compile.
 * More than eight: compose what was composed.
 * @see sequence for stages of one type that change while it runs
 */
export function compose<A, B>(name: string, a: P<A, B>): P<A, B>;
export function compose<A, B, C>(name: string, a: P<A, B>, b: P<B, C>): P<A, C>;
export function compose<A, B, C, D>(name: string, a: P<A, B>, b: P<B, C>, c: P<C, D>): P<A, D>;
export function compose<A, B, C, D, E>(name: string, a: P<A, B>, b: P<B, C>, c: P<C, D>, d: P<D, E>): P<A, E>;
export function compose<A, B, C, D, E, F>(name: string, a: P<A, B>, b: P<B, C>, c: P<C, D>, d: P<D, E>, e: P<E, F>): P<A, F>;
export function compose<A, B, C, D, E, F, G>(name: string, a: P<A, B>, b: P<B, C>, c: P<C, D>, d: P<D, E>, e: P<E, F>, f: P<F, G>): P<A, G>;
export function compose<A, B, C, D, E, F, G, H>(name: string, a: P<A, B>, b: P<B, C>, c: P<C, D>, d: P<D, E>, e: P<E, F>, f: P<F, G>, g: P<G, H>): P<A, H>;
export function compose<A, B, C, D, E, F, G, H, I>(
  name: string,
  a: P<A, B>,
  b: P<B, C>,
  c: P<C, D>,
  d: P<D, E>,
  e: P<E, F>,
  f: P<F, G>,
  g: P<G, H>,
  h: P<H, I>,
): P<A, I>;
export function compose(name: string, ...stages: Stage[]): Stage {
  return defineProcessor({
    name,
    kind: "sequence",
    isLeaf: false,
    run: (input: unknown, context) => runStages(name, stages, input, context),
    children: () => stages,
  });
}
