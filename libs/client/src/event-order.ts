import type { Event, EventPage } from "@rivergen/contracts";

/** A page of the workspace's log after a number, of the channels of one subscription. */
export type ReadLog = (after: number) => Promise<EventPage>;

export interface EventOrderOptions {
  /** Whether the whole workspace is heard: then every number must follow the one before. */
  readonly gapFree: boolean;
  /** Number of the last event that is already known; undefined until the subscription says where it begins. */
  readonly after: number | undefined;
  readonly readLog: ReadLog;
  /** Most events held for a slow reader; what comes after is read from the log again. */
  readonly limit: number;
}

/** Puts what a connection delivers, with its repeats and gaps, into the order of the log: each event once. */
export interface EventOrder {
  /** Where the subscription begins, where no `after` was given; later calls change nothing. */
  begin(seq: number): void;
  push(event: Event): void;
  /** The next event, or undefined when everything that has arrived is delivered. Fills gaps from the log. */
  next(): Promise<Event | undefined>;
  /** Number of the last event delivered. */
  readonly last: number | undefined;
}

/** Creates the order of one subscription. One `next()` at a time. */
export function createEventOrder({ gapFree, after, readLog, limit }: EventOrderOptions): EventOrder {
  let last = after;
  let behind = false;
  // An event that the log could not explain the gap before: it is delivered as it is.
  let excused = -1;
  const arrived: Event[] = [];
  const filled: Event[] = [];

  const hasGap = (event: Event, previous: number): boolean =>
    event.seq !== excused && (gapFree ? event.seq !== previous + 1 : event.prevSeq !== undefined && event.prevSeq !== null && event.prevSeq > previous);

  const fill = async (from: number): Promise<void> => {
    const { items } = await readLog(from);
    filled.push(...items.filter(({ seq }) => seq > from));
    if (filled.length > 0) return;
    behind = false;
    excused = arrived[0]?.seq ?? -1;
  };

  const takeFilled = (previous: number): Event | undefined => {
    const event = filled.shift();
    return event && event.seq > previous ? event : undefined;
  };

  const takeArrived = (previous: number): Event | undefined => {
    const event = arrived[0];
    if (event && event.seq > previous && hasGap(event, previous)) {
      behind = true;
      return undefined;
    }
    arrived.shift();
    return event && event.seq > previous ? event : undefined;
  };

  return {
    get last() {
      return last;
    },
    begin: (seq) => {
      last ??= seq;
    },
    push: (event) => {
      if (arrived.length >= limit) {
        arrived.length = 0;
        behind = true;
      } else arrived.push(event);
    },
    next: async () => {
      while (last !== undefined && (filled.length > 0 || behind || arrived.length > 0)) {
        if (filled.length === 0 && behind) await fill(last);
        const event = filled.length > 0 ? takeFilled(last) : takeArrived(last);
        if (event) {
          last = event.seq;
          return event;
        }
      }
      return undefined;
    },
  };
}
