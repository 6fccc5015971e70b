import type { Event, LoggedEvent } from "@rivergen/contracts";
import type { Feed } from "./feeds.ts";

/** What is asked of the log; `channels` null: everything. */
export interface LogRequest {
  readonly after: number;
  readonly upTo: number;
  readonly channels: readonly string[] | null;
  readonly limit: number;
}

/** Reads entries of one workspace in order. */
export type ReadLog = (request: LogRequest) => Promise<readonly Event[]>;

/** Some entries in order, and the number up to which nothing more is to be had of these channels. */
export interface Stretch {
  readonly events: readonly Event[];
  readonly position: number;
}

/** Channels as the log is asked for them: whoever hears the workspace hears everything. */
export function toSelection(channels: Iterable<string>): readonly string[] | null {
  const list = [...channels];
  return list.includes("workspace") ? null : list;
}

/** The next entries after a number, at most `limit`: from memory where it reaches back far enough, else from the log. */
export async function readStretch(feed: Feed, read: ReadLog, { after, channels, limit }: Omit<LogRequest, "upTo">): Promise<Stretch> {
  const upTo = feed.head;
  const recent = feed.recent(after);
  if (!recent) {
    const events = await read({ after, upTo, channels, limit });
    return { events, position: events.length < limit ? upTo : (events.at(-1)?.seq ?? upTo) };
  }
  const events: Event[] = [];
  const wanted = channels && new Set(channels);
  for (const entry of recent) {
    const event = select(entry, wanted);
    if (event) events.push(event);
    if (events.length === limit) return { events, position: entry.event.seq };
  }
  return { events, position: upTo };
}

/** An entry as listeners of these channels see it; undefined when it is none of theirs. */
export function select({ event, channels, prevSeqs }: LoggedEvent, wanted: ReadonlySet<string> | null): Event | undefined {
  if (wanted === null) return event;
  let isWanted = false;
  let before = 0;
  for (const [index, channel] of channels.entries()) {
    if (!wanted.has(channel)) continue;
    isWanted = true;
    before = Math.max(before, prevSeqs[index] ?? 0);
  }
  // Of several channels the nearest entry before it is the one a listener saw last.
  return isWanted ? { ...event, prevSeq: before === 0 ? null : before } : undefined;
}
