import { randomUUID } from "node:crypto";
import { backoffDelay } from "@rivergen/pipeline";
import type { Clock, Log } from "@rivergen/pipeline";
import type { ConsumeOptions, Consumer, ServiceDatabase } from "../fabric.ts";
import { createDeadLetters } from "../dead-letters.ts";
import { createInbox } from "../inbox.ts";
import { createWakeup } from "../wakeup.ts";
import { acquire, release, renew } from "./group.ts";
import type { GroupLease, GroupOptions } from "./group.ts";
import { createIntake } from "./intake.ts";
import type { Intake } from "./intake.ts";
import { concerns, sweepLog } from "./log.ts";
import type { Appended } from "./log.ts";

export interface EngineOptions {
  /** Of the fabric's own role. */
  readonly database: Pick<ServiceDatabase, "inSystem">;
  /** How often to look without being woken, ms. */
  readonly pollMs: number;
  /** How long a group stays with a process that says nothing, ms. */
  readonly leaseMs: number;
  /** How long messages, inbox entries and dead letters are kept, ms. */
  readonly retentionMs: number;
  readonly log: Log;
  readonly clock: Clock;
}

const consumeDefaults = { concurrency: 4, maxTries: 3, maxRetryableTries: 20, timeoutMs: 30_000, from: "earliest" as "earliest" | "now", sweepMs: 600_000 };

/** Starts a member of a group: it works while it holds the group's lease and stands by otherwise. */
export function startConsumer(given: ConsumeOptions, engine: EngineOptions): Consumer & { wake(news: Appended | undefined): void } {
  const options = { ...consumeDefaults, ...given };
  const { group, topics, schema } = options;
  const { database, pollMs, leaseMs, retentionMs, clock, log } = engine;
  /** First says: take no more; second: give up what runs. */
  const stopping = new AbortController();
  const dropping = new AbortController();
  const wakeup = createWakeup();
  const inbox = createInbox(schema, group);
  const deadLetters = createDeadLetters(schema, group, inbox);
  const intake = createIntake(database, { ...options, inbox, deadLetters, signal: dropping.signal, log, clock });
  let replayDue = true;
  let sweptAt = clock.now();

  async function sweep(): Promise<void> {
    if (clock.now() - sweptAt < options.sweepMs) return;
    sweptAt = clock.now();
    await database.inSystem((tx) => sweepLog(tx, retentionMs));
    // Kept a little longer than messages, so that none that can still be read is handled twice.
    await options.database.inSystem(async (tx) => {
      await deadLetters.sweep(tx, retentionMs * 1.25);
      await inbox.sweep(tx, retentionMs * 1.25);
    });
  }

  /** Works until the lease is lost or the consumer stops. */
  async function work(lease: GroupLease, isHeld: () => boolean): Promise<void> {
    intake.reset(lease.position);
    if (lease.crashed) await intake.recover(stopping.signal);
    while (isHeld() && !stopping.signal.aborted) {
      const more = await intake.advance();
      if (replayDue) await intake.replay();
      replayDue = false;
      await sweep();
      await intake.room();
      if (!more && !(await wakeup.wait(pollMs, stopping.signal))) replayDue = true;
    }
  }

  const place: GroupOptions = { group, owner: randomUUID(), leaseMs, from: options.from };
  const running = standBy(place, engine, intake, work, stopping.signal);
  return {
    wake(news) {
      if (!concerns(news, topics, intake.position)) return;
      replayDue ||= news === undefined;
      wakeup.notify();
    },
    async stop(drainMs = 10_000) {
      stopping.abort(new Error("stopped"));
      const timer = setTimeout(() => dropping.abort(new Error("stopped")), drainMs);
      await running;
      clearTimeout(timer);
    },
  };
}

type Work = (lease: GroupLease, isHeld: () => boolean) => Promise<void>;

/** Waits for the group, works, passes it on; until the consumer stops. */
async function standBy(
  place: GroupOptions,
  { database, leaseMs, log, clock }: EngineOptions,
  intake: Intake,
  work: Work,
  stopping: AbortSignal,
): Promise<void> {
  let failures = 0;
  while (!stopping.aborted) {
    try {
      const lease = await database.inSystem((tx) => acquire(tx, place));
      failures = 0;
      if (lease) await hold(lease);
      else await clock.sleep(leaseMs / 3, stopping).catch(() => {});
    } catch (error) {
      log.warn({ err: error, group: place.group }, "consuming events was interrupted");
      await clock.sleep(backoffDelay(failures++, { baseMs: 50, capMs: 2_000 }), stopping).catch(() => {});
    }
  }

  async function hold(lease: GroupLease): Promise<void> {
    const keeper = startKeeper();
    try {
      await work(lease, keeper.isHeld);
    } finally {
      await intake.drained();
      await keeper.stop();
      if (keeper.isHeld()) {
        await database
          .inSystem((tx) => release(tx, place, intake.settled()))
          .catch((error: unknown) => log.warn({ err: error, group: place.group }, "a group could not be passed on"));
      }
    }
  }

  /** Renews the lease beside the work, so that a long handler does not lose it. */
  function startKeeper(): { isHeld: () => boolean; stop(): Promise<void> } {
    const over = new AbortController();
    let held = true;
    async function keep(): Promise<void> {
      let renewedAt = clock.now();
      while (held) {
        await clock.sleep(leaseMs / 4, over.signal).catch(() => {});
        if (over.signal.aborted) return;
        const renewed = await database.inSystem((tx) => renew(tx, place, intake.settled())).catch(() => undefined);
        if (renewed) renewedAt = clock.now();
        held = renewed ?? clock.now() - renewedAt < leaseMs;
      }
    }
    const keeping = keep();
    return {
      isHeld: () => held,
      async stop() {
        over.abort(new Error("over"));
        await keeping;
      },
    };
  }
}
