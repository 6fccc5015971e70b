import { createWriteStream } from "node:fs";
import type { Writable } from "node:stream";
import { finished } from "node:stream/promises";

/** Where lines go. */
export interface LineWriter {
  /** Takes a line; a promise while the other side has enough. */
  write(line: string): Promise<void> | undefined;
  /** Resolves once everything has been handed over; ends a file, not a stream of the process. */
  end(): Promise<void>;
}

/** Characters that are written in one go: every call of the system costs more than a line. */
const mostHeld = 65_536;

/** Lines into a stream. What is held back for the next write goes out in the same turn of the event loop. */
export function openLines(target: Writable): LineWriter {
  let held: string[] = [];
  let size = 0;

  function flush(): Promise<void> | undefined {
    if (held.length === 0 || target.destroyed) return undefined;
    const text = `${held.join("\n")}\n`;
    held = [];
    size = 0;
    return target.write(text) ? undefined : untilRoom(target);
  }

  return {
    write(line) {
      if (held.length === 0) setImmediate(() => void flush()?.catch(() => undefined));
      held.push(line);
      size += line.length;
      return size >= mostHeld ? flush() : undefined;
    },
    async end() {
      await flush();
      if (target !== process.stdout && target !== process.stderr) await finished(target.end());
    },
  };
}

/** The same into a file, which begins anew. @throws what the file system says */
export async function openLineFile(path: string): Promise<LineWriter> {
  const file = createWriteStream(path);
  await new Promise((resolve, reject) => file.once("open", resolve).once("error", reject));
  return openLines(file);
}

function untilRoom(target: Writable): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (error?: Error): void => {
      target.off("drain", end).off("error", end).off("close", end);
      if (error) reject(error);
      else resolve();
    };
    target.once("drain", end).once("error", end).once("close", end);
  });
}
