import { Readable } from "node:stream";
import type { Event } from "@rivergen/contracts";
import type { LogAccess } from "../log/access.ts";
import type { Feed } from "../log/feeds.ts";
import { readStretch, toSelection } from "../log/read.ts";
import type { Listeners, Listening } from "./listeners.ts";
import { waitBeyond } from "./wait.ts";

export interface StreamDependencies {
  readonly listeners: Listeners;
  readonly access: LogAccess;
  /** Time between signs of life, ms. */
  readonly heartbeatMs: number;
  /** Runs a call of a stream that has outlived its request's deadline. */
  readonly inFreshContext: <T>(signal: AbortSignal, work: () => Promise<T>) => Promise<T>;
}

const stretchLength = 200;

/** Entries after a number without end, as server-sent events; ends with the signal. @throws RUN_NOT_FOUND, DATASET_NOT_FOUND, OVERLOADED */
export async function streamEvents(dependencies: StreamDependencies, listening: Listening): Promise<Readable> {
  const { listeners } = dependencies;
  const feed = await listeners.open(listening);
  const gone = new AbortController();
  const signal = AbortSignal.any([listening.signal, gone.signal]);
  const readable = Readable.from(write(dependencies, feed, { ...listening, signal }), { objectMode: false, highWaterMark: 64 * 1024 });
  readable.once("close", () => {
    gone.abort();
    listeners.close(feed);
  });
  return readable;
}

async function* write(
  { access, heartbeatMs, inFreshContext }: StreamDependencies,
  feed: Feed,
  { caller, channels, after, signal }: Listening,
): AsyncGenerator<string> {
  // The first bytes tell a browser that the stream stands.
  yield "retry: 2000\n\n";
  let position = after;
  while (!signal.aborted) {
    if (position >= feed.head) await waitBeyond(feed, position, heartbeatMs, signal);
    if (signal.aborted) return;
    if (position >= feed.head) {
      yield ": still here\n\n";
      continue;
    }
    const request = { after: position, channels: toSelection(channels), limit: stretchLength };
    const stretch = await inFreshContext(signal, () => readStretch(feed, (part) => access.read(caller, part), request));
    position = stretch.position;
    if (stretch.events.length > 0) yield stretch.events.map(toServerSentEvent).join("");
  }
}

/** One event as a message of a server-sent stream; its number is what `Last-Event-ID` comes back with. */
export function toServerSentEvent(event: Event): string {
  return `id: ${event.seq}\ndata: ${JSON.stringify(event)}\n\n`;
}
