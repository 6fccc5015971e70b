/** Keeps its thread busy for so many ms. */
export function run(ms: number): number {
  if (ms < 0) throw new RangeError("Time does not run backwards");
  const until = performance.now() + ms;
  while (performance.now() < until);
  return ms;
}
