import type { Readable } from "node:stream";
import { AppError } from "@rivergen/contracts";

/** What must hold of the bytes of an upload. */
export interface Expectation {
  /** Bytes announced; absent: unknown. */
  readonly sizeBytes?: number | undefined;
  readonly maxBytes: number;
  /** Longest time without a byte while one is waited for, ms. */
  readonly idleTimeoutMs: number;
}

/**
 * The same bytes; fails where the sender breaks off, stalls or sends more than allowed. The source is left open then, so
 * that its sender can still read why (a stalled one is cut).
 * @throws UPLOAD_INCOMPLETE, BODY_TOO_LARGE
 */
export async function* meter(source: Readable, { sizeBytes, maxBytes, idleTimeoutMs }: Expectation): AsyncGenerator<Uint8Array> {
  const watch = watchPace(source, idleTimeoutMs);
  const chunks = source.iterator({ destroyOnReturn: false }) as AsyncIterableIterator<Uint8Array>;
  let received = 0;
  try {
    for (;;) {
      const { done, value } = await watch.during(chunks).catch((cause: unknown) => {
        throw cause instanceof AppError ? cause : incomplete(received, sizeBytes, cause);
      });
      if (done) break;
      received += value.length;
      if (received > maxBytes) throw tooLarge(maxBytes);
      yield value;
    }
    if (sizeBytes !== undefined && received !== sizeBytes) throw incomplete(received, sizeBytes);
  } finally {
    watch.stop();
    // Lets go of the source: whoever answers may want to throw the rest away.
    await chunks.return?.();
  }
}

/** BODY_TOO_LARGE with the limit. */
export function tooLarge(maxBytes: number): AppError {
  return new AppError("BODY_TOO_LARGE", { detail: `A file may have at most ${maxBytes} bytes.`, maxBytes });
}

function incomplete(received: number, announced: number | undefined, cause?: unknown): AppError {
  const of = announced === undefined ? "" : ` of ${announced}`;
  return new AppError("UPLOAD_INCOMPLETE", { detail: `${received}${of} bytes arrived. Nothing was kept; send the file again.` }, cause);
}

/** Cuts a source that gives nothing for too long. Time in which nobody waits for it does not count. */
function watchPace(source: Readable, idleTimeoutMs: number) {
  let waiting = false;
  const timer = setTimeout(() => {
    if (waiting)
      source.destroy(new AppError("UPLOAD_INCOMPLETE", { detail: `Nothing arrived for ${idleTimeoutMs} ms. Nothing was kept; send the file again.` }));
  }, idleTimeoutMs);
  return {
    async during(chunks: AsyncIterator<Uint8Array>): Promise<IteratorResult<Uint8Array>> {
      waiting = true;
      timer.refresh();
      try {
        return await chunks.next();
      } finally {
        waiting = false;
      }
    },
    stop: () => clearTimeout(timer),
  };
}
