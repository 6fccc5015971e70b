import type { TestContext } from "node:test";

/** Cases per law. */
const RUNS = 1_000;

/** Options of a law: as many cases as promised, and a seed that the report names. */
export function law(context: TestContext, numRuns = RUNS): { readonly numRuns: number; readonly seed: number } {
  const seed = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
  context.diagnostic(`seed ${seed | 0}, ${numRuns} cases`);
  return { numRuns, seed: seed | 0 };
}

/** Lets so many other things happen first. */
export async function later(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
}
