import { setTimeout as pause } from "node:timers/promises";

export interface WaitOptions {
  /** How long to wait at most, ms of the machine's clock. Default 5,000. */
  readonly timeoutMs?: number;
  /** What is waited for, for the error. */
  readonly what?: string;
}

/** Waits until a condition holds; looks again after every turn of the event loop. @throws Error when the time is over */
export async function waitUntil(condition: () => boolean | Promise<boolean>, { timeoutMs = 5_000, what = "the condition" }: WaitOptions = {}): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`${what} did not hold within ${timeoutMs} ms`);
    await pause(1);
  }
}
