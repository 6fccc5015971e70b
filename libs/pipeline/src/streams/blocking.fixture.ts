/** Keeps its thread busy for so many ms. */
export function run(ms: number): number {
  if (ms < 0) throw new RangeError("Time does not run backwards");
  const until = performance.now() + ms;
  while (performance.now() < until);
  return ms;
}

/** Answers, and leaves something behind that ends the thread soon after. */
export function runAndDie(input: number): number {
  setTimeout(() => {
    throw new Error("An afterthought");
  }, 50);
  return input;
}
