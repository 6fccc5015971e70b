import { silentLog, systemClock, backoffDelay } from "@rivergen/pipeline";
import type { Clock, Log } from "@rivergen/pipeline";
import pg from "pg";

export interface ListenOptions {
  /** Direct connection: a transaction pooler passes no notifications on. */
  readonly url: string;
  readonly log?: Log;
  readonly clock?: Clock;
}

export interface Listener {
  /**
   * Calls `heard` for every notification on the channel, and with `undefined` whenever some may have been missed (after
   * each connection, the first included). Gives the function that ends it.
   */
  listen(channel: string, heard: (payload: string | undefined) => void): () => void;
  close(): Promise<void>;
}

/** One connection for all notifications of a process; it comes back by itself and promises nothing for the time between. */
export function createListener({ url, log = silentLog, clock = systemClock }: ListenOptions): Listener {
  const channels = new Map<string, Set<(payload: string | undefined) => void>>();
  const closing = new AbortController();
  let client: InstanceType<typeof pg.Client> | undefined;
  let running: Promise<void> | undefined;

  async function run(): Promise<void> {
    for (let failures = 0; !closing.signal.aborted; failures += 1) {
      const started = clock.now();
      await connectOnce().catch((error: unknown) => log.warn({ err: error }, "the connection for notifications was lost"));
      if (clock.now() - started > 10_000) failures = 0;
      if (!closing.signal.aborted) await clock.sleep(backoffDelay(failures, { baseMs: 50, capMs: 2_000 }), closing.signal).catch(() => {});
    }
  }

  /** Resolves when the connection has ended. */
  async function connectOnce(): Promise<void> {
    const mine = new pg.Client({ connectionString: url, application_name: "rivergen-listen", connectionTimeoutMillis: 5_000, keepAlive: true });
    const ended = new Promise<void>((resolve) => mine.once("end", resolve));
    mine.on("error", (error) => log.warn({ err: error }, "the connection for notifications failed"));
    mine.on("notification", ({ channel, payload }: { channel: string; payload: string }) => channels.get(channel)?.forEach((heard) => heard(payload)));
    try {
      await mine.connect();
      for (const channel of channels.keys()) await mine.query(`listen "${channel}"`);
      client = mine;
      if (closing.signal.aborted) return;
      for (const heards of channels.values()) heards.forEach((heard) => heard(undefined));
      await ended;
    } finally {
      client = undefined;
      await mine.end().catch(() => {});
    }
  }

  return {
    listen(channel, heard) {
      const heards = channels.get(channel) ?? new Set();
      channels.set(channel, heards.add(heard));
      if (!running) running = run();
      else if (heards.size === 1)
        client?.query(`listen "${channel}"`).then(
          () => heard(undefined),
          () => {},
        );
      return () => void heards.delete(heard);
    },
    async close() {
      closing.abort(new Error("closed"));
      await client?.end().catch(() => {});
      await running;
    },
  };
}
