import { silentLog, systemClock } from "@rivergen/pipeline";
import type { Clock, Log } from "@rivergen/pipeline";
import type { EventFabric, ReplayOptions, ServiceDatabase } from "../fabric.ts";
import { createDeadLetters } from "../dead-letters.ts";
import { createInbox } from "../inbox.ts";
import { createOutbox } from "../outbox.ts";
import { startConsumer } from "./consumer.ts";
import { announce, APPEND_CHANNEL } from "./log.ts";
import type { Appended } from "./log.ts";
import { startRelay } from "./relay.ts";
import type { Relay } from "./relay.ts";
import { startSubscription } from "./subscription.ts";

export interface PostgresFabricOptions {
  /** Transactions of the roles of schema `fabric`; only the system role is used. */
  readonly database: Pick<ServiceDatabase, "inSystem">;
  /** Tells of appends by other processes; without it they are noticed by looking every `pollMs`. */
  readonly listener?: { listen(channel: string, heard: (payload: string | undefined) => void): () => void };
  /** How often to look without being woken, ms. Default 1,000. */
  readonly pollMs?: number;
  /** How long a group stays with a process that says nothing, ms: so long it pauses after a crash. Default 3,000. */
  readonly leaseMs?: number;
  /** How long messages, inbox entries and dead letters are kept, ms. Default seven days. */
  readonly retentionMs?: number;
  readonly log?: Log;
  readonly clock?: Clock;
}

const fabricDefaults = { pollMs: 1_000, leaseMs: 3_000, retentionMs: 7 * 86_400_000, log: silentLog as Log, clock: systemClock };

/** Something that wants to know of appends; undefined stands for news of any kind. */
interface Member {
  wake(news: Appended | undefined): void;
  stop(drainMs?: number): Promise<void>;
}

/** The event fabric on Postgres. */
export function createPostgresFabric(options: PostgresFabricOptions): EventFabric {
  const engine = { ...fabricDefaults, ...options };
  const relays = new Map<string, Relay>();
  const members = new Set<Member>();
  const appended = (news: Appended | undefined) => members.forEach((member) => member.wake(news));
  const unlisten = options.listener?.listen(APPEND_CHANNEL, (payload) => appended(payload ? (JSON.parse(payload) as Appended) : undefined));

  function relayOf(schema: string): Relay {
    const relay = relays.get(schema) ?? startRelay({ ...engine, schema, appended });
    relays.set(schema, relay);
    return relay;
  }

  function join<M extends Member>(member: M): M {
    members.add(member);
    return {
      ...member,
      async stop(drainMs?: number) {
        await member.stop(drainMs);
        members.delete(member);
      },
    };
  }

  return {
    outbox(given) {
      const relay = relayOf(given.schema);
      return createOutbox(given, () => relay.wake());
    },
    consume: (given) => join(startConsumer(given, engine)),
    subscribe: async (given) => join(await startSubscription(given, engine)),
    replayDeadLetters({ schema, group, database, ids }: ReplayOptions) {
      return database.inSystem(async (tx) => {
        const count = await createDeadLetters(schema, group, createInbox(schema, group)).request(tx, ids);
        if (count > 0) await announce(tx);
        tx.afterCommit(() => appended(undefined));
        return count;
      });
    },
    listDeadLetters: ({ schema, group, database }) => database.inSystem((tx) => createDeadLetters(schema, group, createInbox(schema, group)).list(tx)),
    async close() {
      unlisten?.();
      await Promise.all([...members].map((member) => member.stop()));
      await Promise.all([...relays.values()].map((relay) => relay.stop()));
      members.clear();
      relays.clear();
    },
  };
}
