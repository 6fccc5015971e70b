import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";

/**
 * Waits for a line of a program's output.
 * @throws Error with its last lines when the program ends, or the time is over, before
 */
export async function waitForLine(child: ChildProcess, output: Readable, pattern: RegExp, timeoutMs: number): Promise<RegExpExecArray> {
  const lines = createInterface({ input: output });
  const last: string[] = [];
  try {
    return await new Promise<RegExpExecArray>((resolve, reject) => {
      const fail = (why: string): void => reject(new Error(`${why} before it said ${String(pattern)}:\n${last.join("\n")}`));
      const timer = setTimeout(() => fail(`The program took ${timeoutMs} ms`), timeoutMs);
      timer.unref();
      child.once("error", reject);
      child.once("exit", (code, signal) => fail(`The program ended (${signal ?? code})`));
      lines.on("line", (line) => {
        if (last.push(line) > 20) last.shift();
        const found = pattern.exec(line);
        if (!found) return;
        clearTimeout(timer);
        resolve(found);
      });
    });
  } finally {
    lines.close();
    output.resume();
  }
}

export interface EndOptions {
  /** Default SIGTERM. */
  readonly signal?: NodeJS.Signals;
  /** Whether the program was started detached: then its whole group is ended, and waited for. */
  readonly isGroup?: boolean;
  /** Milliseconds after which it is killed. Default 30,000. */
  readonly timeoutMs?: number;
}

/** Asks a program to end and waits until it has. */
export async function endProcess(child: ChildProcess, { signal = "SIGTERM", isGroup = false, timeoutMs = 30_000 }: EndOptions = {}): Promise<void> {
  if (child.pid === undefined) return;
  const target = isGroup ? -child.pid : child.pid;
  const ended = child.exitCode === null && child.signalCode === null ? once(child, "exit") : undefined;
  send(target, signal);
  const timer = setTimeout(() => send(target, "SIGKILL"), timeoutMs);
  await ended;
  // The leader of a group may end before its members; what nobody buries counts as alive, so there is an end to waiting.
  const deadline = performance.now() + timeoutMs;
  while (isGroup && send(target, 0) && performance.now() < deadline) await pause(10);
  clearTimeout(timer);
}

/** Whether there was anyone to receive the signal; 0 only asks. */
function send(target: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(target, signal);
  } catch {
    return false;
  }
}
