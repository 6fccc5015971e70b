import { AppError } from "@rivergen/contracts";
import type { Rung } from "./ladder.ts";
import type { ProcessOptions, SandboxProcess } from "./sandbox-process.ts";
import { openProcess } from "./sandbox-process.ts";

/** Children kept open for the next jobs. */
export interface Children {
  /**
   * An open child, or the next one that opens where none is left. It belongs to the taker.
   * @throws AppError OVERLOADED when the machine cannot start one; the signal's reason when it fires while waiting
   */
  take(signal: AbortSignal): Promise<SandboxProcess>;
  /** Opens new ones until there are enough, soon and without waiting for them. */
  refill(): void;
  /** Kills those that are open and those that are opening. Takers that wait are told by their own signals. */
  close(): Promise<void>;
  stats(): { readonly idle: number; readonly started: number };
}

/**
 * Starting a child takes half a second of processor time, which the jobs that run would lose. So children are replaced
 * when a job ends; only where none is left for the next caller is one opened already while a long job still runs.
 */
const EARLY_REFILL_MS = 1_000;
const REFILL_DELAY_MS = 10;

export function createChildren(rung: Rung, options: ProcessOptions, size: number, first: SandboxProcess): Children {
  const idle: SandboxProcess[] = [];
  const waiting: PromiseWithResolvers<SandboxProcess>[] = [];
  const opening = new Set<Promise<void>>();
  const closing = new AbortController();
  let started = 1;

  function keep(child: SandboxProcess): void {
    const waiter = waiting.shift();
    if (waiter !== undefined) return waiter.resolve(child);
    idle.push(child);
    void child.exited.then(() => {
      const position = idle.indexOf(child);
      if (position < 0) return;
      idle.splice(position, 1);
      return child.dispose();
    });
  }

  function open(): void {
    while (!closing.signal.aborted && idle.length + opening.size < size + waiting.length) openOne();
  }

  /** Starting a process stops this one for some milliseconds: the answer that frees a place goes out first. */
  function refill(): void {
    setTimeout(open, REFILL_DELAY_MS).unref();
  }

  function openOne(): void {
    started += 1;
    const child: Promise<void> = openProcess(rung, options, closing.signal).then(
      (opened) => (closing.signal.aborted ? opened.dispose() : keep(opened)),
      (error: unknown) => waiting.shift()?.reject(new AppError("OVERLOADED", { retryAfterSeconds: 1 }, error)),
    );
    opening.add(child);
    void child.finally(() => opening.delete(child));
  }

  keep(first);
  open();
  return {
    refill,
    async take(signal) {
      signal.throwIfAborted();
      setTimeout(() => idle.length + opening.size === 0 && openOne(), EARLY_REFILL_MS).unref();
      const ready = idle.shift();
      if (ready !== undefined) return ready;
      const turn = Promise.withResolvers<SandboxProcess>();
      const giveUp = (): void => {
        const position = waiting.indexOf(turn);
        if (position >= 0) waiting.splice(position, 1);
        turn.reject(signal.reason);
      };
      waiting.push(turn);
      signal.addEventListener("abort", giveUp, { once: true });
      if (opening.size < waiting.length) openOne();
      return turn.promise.finally(() => signal.removeEventListener("abort", giveUp));
    },
    async close() {
      closing.abort();
      await Promise.all([...opening, ...idle.splice(0).map((child) => child.dispose())]);
    },
    stats: () => ({ idle: idle.length, started }),
  };
}
