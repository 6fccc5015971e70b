import type { Event } from "@rivergen/contracts";
import type { ReadLog } from "../log/read.ts";
import { toSelection } from "../log/read.ts";

const pageLength = 256;

export interface Missed {
  /** The channels whose past is wanted. */
  readonly channels: readonly string[];
  /** The channels whose events were delivered already over the same stretch; null: all. */
  readonly heard: readonly string[] | null;
  readonly after: number;
  readonly upTo: number;
}

/** Events of some channels in a stretch of the log that were not delivered through others, page by page. */
export async function* readMissed(read: ReadLog, { channels, heard, after, upTo }: Missed): AsyncGenerator<readonly Event[]> {
  if (heard === null || channels.length === 0) return;
  for (let at = after; at < upTo;) {
    const events = await read({ after: at, upTo, channels: toSelection(channels), limit: pageLength });
    const end = events.length < pageLength ? upTo : (events.at(-1)?.seq ?? upTo);
    const known = await readSeqs(read, heard, at, end);
    const missed = events.filter(({ seq }) => !known.has(seq));
    if (missed.length > 0) yield missed;
    at = end;
  }
}

async function readSeqs(read: ReadLog, channels: readonly string[], after: number, upTo: number): Promise<Set<number>> {
  const seqs = new Set<number>();
  for (let at = after; channels.length > 0 && at < upTo;) {
    const events = await read({ after: at, upTo, channels, limit: pageLength });
    for (const { seq } of events) seqs.add(seq);
    at = events.length < pageLength ? upTo : (events.at(-1)?.seq ?? upTo);
  }
  return seqs;
}
