import assert from "node:assert/strict";
import { setImmediate as turn } from "node:timers/promises";
import { test } from "node:test";
import { AppError, type Event, type LoggedEvent } from "@rivergen/contracts";
import { createFeeds, type Feed, type Feeds } from "../log/feeds.ts";
import { type ReadLog, select } from "../log/read.ts";
import { createSubscription, type Subscription } from "./subscription.ts";

/** A log in memory, as backend-core reads it, and what is broadcast of it. */
interface Log {
  readonly entries: LoggedEvent[];
  readonly feeds: Feeds;
  reads: number;
  /** Writes one event of some channels; a lost one is not broadcast. */
  write(channels?: readonly string[], isLost?: boolean): void;
  read: ReadLog;
}

function createLog(): Log {
  const last = new Map<string, number>();
  const log: Log = {
    entries: [],
    feeds: createFeeds(20),
    reads: 0,
    write(channels = [], isLost = false) {
      const seq = log.entries.length + 1;
      const event: Omit<Event, "prevSeq"> = { seq, id: `evt_${seq}`, type: "run.queued", source: "t", subject: "x", time: "2026-01-01T00:00:00Z", data: {} };
      const entry = { event, channels: [...channels], prevSeqs: channels.map((channel) => last.get(channel) ?? null) };
      for (const channel of channels) last.set(channel, seq);
      log.entries.push(entry);
      if (!isLost) log.feeds.accept("w", entry);
    },
    async read({ after, upTo, channels, limit }) {
      log.reads += 1;
      await turn();
      const wanted = channels && new Set(channels);
      const events = log.entries.filter(({ event }) => event.seq > after && event.seq <= upTo).map((entry) => select(entry, wanted));
      return events.filter((event) => event !== undefined).slice(0, limit);
    },
  };
  return log;
}

function listen(log: Log, after?: number): { subscription: Subscription; heard: Event[]; failures: unknown[]; feed: Feed } {
  const heard: Event[] = [];
  const failures: unknown[] = [];
  const feed = log.feeds.open("w");
  const subscription = createSubscription({
    feed,
    read: (request) => log.read(request),
    authorize: async () => log.entries.length,
    deliver: async (events) => {
      heard.push(...events);
      await turn();
    },
    fail: (error) => failures.push(error),
    after,
  });
  return { subscription, heard, failures, feed };
}

async function join(subscription: Subscription, ...channels: string[]): Promise<number> {
  const seq = await subscription.admit(channels);
  subscription.begin(channels, seq);
  return seq;
}

/** Lets everything that is under way come to rest. */
async function rest(): Promise<void> {
  for (let i = 0; i < 200; i++) await turn();
}

const seqs = (events: readonly Event[]): number[] => events.map(({ seq }) => seq);
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

test("without `after` only what is new is heard", async () => {
  const log = createLog();
  for (let i = 0; i < 5; i++) log.write();
  const { subscription, heard } = listen(log);
  assert.equal(await join(subscription, "workspace"), 5);
  for (let i = 0; i < 5; i++) log.write();
  await rest();
  assert.deepEqual(seqs(heard), range(6, 10));
});

test("replay, then live, in order and once, while events keep coming", async () => {
  const log = createLog();
  for (let i = 0; i < 700; i++) log.write();
  const { subscription, heard } = listen(log, 3);
  await join(subscription, "workspace");
  for (let i = 0; i < 300; i++) {
    log.write();
    if (i % 3 === 0) await turn();
  }
  await rest();
  assert.deepEqual(seqs(heard), range(4, 1_000));
});

test("what was never broadcast is read from the log", async () => {
  const log = createLog();
  const { subscription, heard } = listen(log);
  await join(subscription, "workspace");
  log.write();
  log.write([], true);
  log.write([], true);
  log.write();
  await rest();
  assert.deepEqual(seqs(heard), range(1, 4));
});

test("an event that is written while the subscription begins is not lost", async () => {
  const log = createLog();
  const { subscription, heard } = listen(log);
  const seq = await subscription.admit(["workspace"]);
  log.write();
  log.write();
  subscription.begin(["workspace"], seq);
  await rest();
  assert.deepEqual(seqs(heard), [1, 2]);
});

test("the fast path does not read the log", async () => {
  const log = createLog();
  const { subscription, heard } = listen(log);
  await join(subscription, "workspace");
  for (let i = 0; i < 10; i++) log.write();
  await rest();
  assert.equal(heard.length, 10);
  assert.equal(log.reads, 0);
});

test("narrow channels carry what came before on them; an event on two of them comes once", async () => {
  const log = createLog();
  const { subscription, heard } = listen(log, 0);
  log.write(["run:a"]);
  log.write();
  log.write(["run:a", "dataset:b"]);
  log.write(["run:c"]);
  await join(subscription, "run:a", "dataset:b");
  log.write(["dataset:b"]);
  await rest();
  assert.deepEqual(
    heard.map(({ seq, prevSeq }) => [seq, prevSeq]),
    [
      [1, null],
      [3, 1],
      [5, 3],
    ],
  );
});

test("a channel that is joined later brings its past, without what was heard through others", async () => {
  const log = createLog();
  for (let i = 0; i < 600; i++) log.write(i % 3 === 0 ? ["run:a"] : []);
  const { subscription, heard } = listen(log, 0);
  await join(subscription, "run:a");
  await rest();
  assert.equal(heard.length, 200);
  await join(subscription, "workspace");
  log.write(["run:a"]);
  await rest();
  assert.equal(heard.length, 601);
  assert.equal(new Set(seqs(heard)).size, 601);
  assert.equal(heard.at(-1)?.seq, 601);
});

test("who leaves hears nothing, who comes back has had the past", async () => {
  const log = createLog();
  log.write();
  const { subscription, heard } = listen(log, 0);
  await join(subscription, "workspace");
  await rest();
  assert.equal(await subscription.leave(["workspace"]), 1);
  log.write();
  await rest();
  await join(subscription, "workspace");
  log.write();
  await rest();
  assert.deepEqual(seqs(heard), [1, 3]);
});

test("an `after` beyond the log means from now on", async () => {
  const log = createLog();
  log.write();
  const { subscription, heard } = listen(log, 1_000);
  await join(subscription, "workspace");
  log.write();
  await rest();
  assert.deepEqual(seqs(heard), [2]);
});

test("a delivery that fails ends the subscription, once it is closed nothing is sent", async () => {
  const log = createLog();
  const { subscription, heard, failures } = listen(log);
  await join(subscription, "workspace");
  log.read = async () => {
    throw new AppError("STORE_UNAVAILABLE");
  };
  log.write([], true);
  log.write();
  await rest();
  assert.equal(failures.length, 1);
  subscription.close();
  log.write();
  await rest();
  assert.deepEqual(heard, []);
  assert.equal(log.feeds.isOpen("w"), false);
});

test("channels are bounded", async () => {
  const log = createLog();
  const { subscription } = listen(log);
  await assert.rejects(
    subscription.admit(Array.from({ length: 1_001 }, (_, i) => `run:${i}`)),
    (error) => error instanceof AppError && error.code === "TOO_MANY_CHANNELS",
  );
});
