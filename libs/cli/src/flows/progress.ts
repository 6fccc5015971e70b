import type { Counts } from "./stream-records.ts";

const frameMs = 100;

/** One line on stderr that says how far it is, where stderr is a terminal and stdout is not; else nothing. */
export function createProgress(name: string): { show(counts: Counts): void; end(): void } {
  const isShown = process.stderr.isTTY && !process.stdout.isTTY;
  const startedAt = performance.now();
  let drawnAt = startedAt;
  return {
    show({ succeeded, failed }) {
      const now = performance.now();
      if (!isShown || now - drawnAt < frameMs) return;
      drawnAt = now;
      const done = succeeded + failed;
      const rate = Math.round((done * 1_000) / (now - startedAt));
      process.stderr.write(`\r${name}  ${done} records  ${rate}/s${failed > 0 ? `  ${failed} failed` : ""}\u001B[K`);
    },
    end() {
      if (isShown && drawnAt > startedAt) process.stderr.write("\r\u001B[K");
    },
  };
}
