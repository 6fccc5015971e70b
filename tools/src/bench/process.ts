import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

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

/** Asks a program to end and waits until it has; after `timeoutMs` it is killed. A detached one is ended with its whole group. */
export async function endProcess(
  child: ChildProcess,
  options: { readonly signal?: NodeJS.Signals; readonly isGroup?: boolean; readonly timeoutMs?: number } = {},
): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const target = options.isGroup ? -child.pid : child.pid;
  const ended = once(child, "exit");
  process.kill(target, options.signal ?? "SIGTERM");
  const timer = setTimeout(() => process.kill(target, "SIGKILL"), options.timeoutMs ?? 30_000);
  await ended;
  clearTimeout(timer);
}
