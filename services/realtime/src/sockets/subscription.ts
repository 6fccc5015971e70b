import { AppError, type Event, mostChannels } from "@rivergen/contracts";
import type { Feed } from "../log/feeds.ts";
import { type ReadLog, readStretch, toSelection } from "../log/read.ts";
import { readMissed } from "./missed.ts";

const stretchLength = 256;
/** Channels whose past one connection may ask for, over its life. */
const mostReplays = mostChannels * 10;

export interface SubscriptionDependencies {
  readonly feed: Feed;
  readonly read: ReadLog;
  /** Whether the caller may hear these channels, and where the log stands. @throws RUN_NOT_FOUND, DATASET_NOT_FOUND */
  readonly authorize: (channels: readonly string[]) => Promise<number>;
  /** Sends events; resolves when more may be sent. */
  readonly deliver: (events: readonly Event[]) => Promise<void>;
  /** Called when delivery fails: the connection is of no use any more. */
  readonly fail: (error: unknown) => void;
  /** Number of the last event the listener knows; undefined: live only. */
  readonly after: number | undefined;
}

/** What one connection listens to. Each event is delivered once, in the order of the log, however many channels it is on. */
export interface Subscription {
  /** Checks channels; gives where the log stands. @throws TOO_MANY_CHANNELS, RUN_NOT_FOUND, DATASET_NOT_FOUND */
  admit(channels: readonly string[]): Promise<number>;
  /** Begins with admitted channels: replays what is asked for up to `seq`, then goes on live. */
  begin(channels: readonly string[], seq: number): void;
  /** Resolves with the number up to which these channels were heard. */
  leave(channels: readonly string[]): Promise<number>;
  close(): void;
}

/** What is listened to, and how far it was delivered. */
interface Place {
  readonly channels: Set<string>;
  /** Channels that were ever listened to: their past is replayed once per connection. */
  readonly replayed: Set<string>;
  /** Everything up to here was delivered; undefined while nothing is listened to. */
  position: number | undefined;
}

export function createSubscription(dependencies: SubscriptionDependencies): Subscription {
  const { feed, authorize } = dependencies;
  const place: Place = { channels: new Set(), replayed: new Set(), position: undefined };
  const turns = createTurns(dependencies.fail);
  let isWaking = false;

  const stopListening = feed.listen(() => {
    if (isWaking || place.position === undefined) return;
    isWaking = true;
    void turns.take(async () => {
      isWaking = false;
      await catchUp(dependencies, place, turns.isOpen);
    });
  });

  return {
    async admit(asked) {
      const all = new Set([...place.channels, ...asked]);
      if (all.size > mostChannels) throw new AppError("TOO_MANY_CHANNELS", { detail: `One connection can listen to ${mostChannels} channels.` });
      if (place.replayed.size + asked.length > mostReplays)
        throw new AppError("TOO_MANY_CHANNELS", { detail: "This connection has had too many channels. Connect again." });
      return authorize(asked);
    },
    begin: (asked, seq) => void turns.take(() => join(dependencies, place, turns.isOpen, asked, seq)),
    async leave(asked) {
      let reached = feed.head;
      await turns.take(async () => {
        reached = place.position ?? feed.head;
        for (const channel of asked) place.channels.delete(channel);
        if (place.channels.size === 0) place.position = undefined;
      });
      return reached;
    },
    close() {
      turns.close();
      stopListening();
      feed.release();
    },
  };
}

async function catchUp({ feed, read, deliver }: SubscriptionDependencies, place: Place, isOpen: () => boolean): Promise<void> {
  while (isOpen() && place.position !== undefined && place.position < feed.head) {
    const stretch = await readStretch(feed, read, { after: place.position, channels: toSelection(place.channels), limit: stretchLength });
    place.position = stretch.position;
    if (stretch.events.length > 0) await deliver(stretch.events);
  }
}

async function join(dependencies: SubscriptionDependencies, place: Place, isOpen: () => boolean, asked: readonly string[], seq: number): Promise<void> {
  const { feed, read, deliver, after } = dependencies;
  const fresh = [...new Set(asked)].filter((channel) => !place.channels.has(channel));
  if (fresh.length === 0) return;
  feed.advance(seq);
  await catchUp(dependencies, place, isOpen);
  const first = fresh.filter((channel) => !place.replayed.has(channel));
  const again = fresh.filter((channel) => place.replayed.has(channel));
  const start = after === undefined ? seq : Math.min(after, seq);
  const upTo = (place.position ??= again.length > 0 ? seq : start);
  for (const [channels, from] of [
    [first, start],
    [again, seq],
  ] as const) {
    // New channels get what the others have had already, but not what was delivered through those.
    for await (const missed of readMissed(read, { channels, heard: toSelection(place.channels), after: from, upTo })) {
      if (!isOpen()) return;
      await deliver(missed);
    }
    for (const channel of channels) {
      place.replayed.add(channel);
      place.channels.add(channel);
    }
  }
  await catchUp(dependencies, place, isOpen);
}

/** One work after the other, so that replay and live never mix. */
function createTurns(fail: (error: unknown) => void) {
  let last = Promise.resolve();
  let isOpen = true;
  return {
    isOpen: () => isOpen,
    take(work: () => Promise<void>): Promise<void> {
      last = last.then(async () => {
        if (!isOpen) return;
        try {
          await work();
        } catch (error) {
          if (isOpen) fail(error);
          isOpen = false;
        }
      });
      return last;
    },
    close() {
      isOpen = false;
    },
  };
}
