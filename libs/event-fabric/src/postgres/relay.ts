import { backoffDelay } from "@rivergen/pipeline";
import type { Clock, Log } from "@rivergen/pipeline";
import type { ServiceDatabase } from "../fabric.ts";
import { createWakeup } from "../wakeup.ts";
import { append, hasUnsent } from "./log.ts";
import type { Appended } from "./log.ts";

export interface RelayOptions {
  readonly schema: string;
  /** Of the fabric's own role. */
  readonly database: Pick<ServiceDatabase, "inSystem">;
  /** Called after every append. */
  readonly appended: (news: Appended) => void;
  /** How often to look without being woken: for events whose process died before it could send them, ms. */
  readonly pollMs: number;
  readonly log: Log;
  readonly clock: Clock;
}

export interface Relay {
  wake(): void;
  /** Sends what is there, then stops. */
  stop(): Promise<void>;
}

/** Moves a service's outbox to the log, in order. Any number of processes may run one for the same outbox. */
export function startRelay({ schema, database, appended, pollMs, log, clock }: RelayOptions): Relay {
  const wakeup = createWakeup();
  const stopping = new AbortController();
  const { signal } = stopping;

  async function drain(): Promise<void> {
    let batch: Awaited<ReturnType<typeof append>>;
    do {
      batch = await database.inSystem((tx) => append(tx, schema));
      if (batch) appended(batch);
    } while (batch?.full);
  }

  async function run(): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      try {
        if (await database.inSystem((tx) => hasUnsent(tx, schema))) await drain();
        failures = 0;
        await wakeup.wait(pollMs, signal);
      } catch (error) {
        log.warn({ err: error, schema }, "sending events failed");
        await clock.sleep(backoffDelay(failures++, { baseMs: 50, capMs: 2_000 }), signal).catch(() => {});
      }
    }
  }

  const running = run();
  return {
    wake: () => wakeup.notify(),
    async stop() {
      stopping.abort(new Error("stopped"));
      await running;
      await drain().catch((error: unknown) => log.warn({ err: error, schema }, "the last events stay unsent until the next start"));
    },
  };
}
