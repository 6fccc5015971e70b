import { backoffDelay } from "@rivergen/pipeline";
import type { SubscribeOptions, Subscription } from "../fabric.ts";
import { createWakeup } from "../wakeup.ts";
import type { EngineOptions } from "./consumer.ts";
import { concerns, findStart, read } from "./log.ts";
import type { Appended } from "./log.ts";

const READ_LIMIT = 500;

/** Starts to hear everything after the present end of the log, or an earlier place in it. @throws INPUT_GONE */
export async function startSubscription(
  { topics, handler, from = "now" }: SubscribeOptions,
  engine: EngineOptions,
): Promise<Subscription & { wake(news: Appended | undefined): void }> {
  const { database, pollMs, log, clock } = engine;
  const wakeup = createWakeup();
  const stopping = new AbortController();
  const { signal } = stopping;
  let position = await database.inSystem((tx) => findStart(tx, from));

  async function drain(): Promise<void> {
    for (let more = true; more && !signal.aborted;) {
      const slice = await database.inSystem((tx) => read(tx, topics, position, READ_LIMIT));
      for (const message of slice.messages) {
        if (signal.aborted) return;
        try {
          await handler(message);
        } catch (error) {
          log.error({ err: error, id: message.id, type: message.type }, "a subscriber failed");
        }
      }
      position = slice.upTo;
      more = slice.messages.length === READ_LIMIT;
    }
  }

  async function run(): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      try {
        await drain();
        failures = 0;
        await wakeup.wait(pollMs, signal);
      } catch (error) {
        log.warn({ err: error }, "hearing events was interrupted");
        await clock.sleep(backoffDelay(failures++, { baseMs: 50, capMs: 2_000 }), signal).catch(() => {});
      }
    }
  }

  const running = run();
  return {
    wake(news) {
      if (concerns(news, topics, position)) wakeup.notify();
    },
    async stop() {
      stopping.abort(new Error("stopped"));
      await running;
    },
  };
}
