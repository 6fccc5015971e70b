import assert from "node:assert/strict";
import { setImmediate as turn } from "node:timers/promises";
import { test } from "node:test";
import type { LoggedEvent } from "@rivergen/contracts";
import { createFeeds } from "./feeds.ts";

const entry = (seq: number): LoggedEvent => ({
  event: { seq, id: `evt_${seq}`, type: "run.queued", source: "t", subject: "run_a", time: "2026-01-01T00:00:00Z", data: {} },
  channels: [],
  prevSeqs: [],
});
const seqs = (entries: readonly LoggedEvent[] | undefined): number[] | undefined => entries?.map(({ event }) => event.seq);

test("what was broadcast without gaps is at hand", () => {
  const feeds = createFeeds();
  const feed = feeds.open("w");
  feed.advance(4);
  for (const seq of [5, 6, 7]) feeds.accept("w", entry(seq));
  assert.equal(feed.head, 7);
  assert.deepEqual(seqs(feed.recent(5)), [6, 7]);
  assert.deepEqual(seqs(feed.recent(4)), [5, 6, 7]);
  assert.deepEqual(seqs(feed.recent(7)), []);
  assert.equal(feed.recent(3), undefined);
});

test("a gap sends readers to the log", () => {
  const feeds = createFeeds();
  const feed = feeds.open("w");
  for (const seq of [5, 6, 9]) feeds.accept("w", entry(seq));
  assert.equal(feed.recent(5), undefined);
  assert.deepEqual(seqs(feed.recent(8)), [9]);
  // The log is known to reach further than what was broadcast here.
  feed.advance(10);
  assert.equal(feed.recent(8), undefined);
});

test("repeats and late ones change nothing", () => {
  const feeds = createFeeds();
  const feed = feeds.open("w");
  for (const seq of [5, 6, 6, 5, 7]) feeds.accept("w", entry(seq));
  assert.deepEqual(seqs(feed.recent(4)), [5, 6, 7]);
});

test("an entry that the log told of first closes the gap when it is broadcast", () => {
  const feeds = createFeeds();
  const feed = feeds.open("w");
  feeds.accept("w", entry(5));
  feed.advance(6);
  assert.equal(feed.recent(4), undefined);
  feeds.accept("w", entry(6));
  assert.deepEqual(seqs(feed.recent(4)), [5, 6]);
});

test("memory is bounded", () => {
  const feeds = createFeeds(10);
  const feed = feeds.open("w");
  for (let seq = 1; seq <= 1_000; seq++) feeds.accept("w", entry(seq));
  assert.equal(feed.recent(900), undefined);
  assert.equal(feed.recent(995)?.length, 5);
});

test("a burst is told once, and only while somebody listens", async () => {
  const feeds = createFeeds();
  const feed = feeds.open("w");
  let calls = 0;
  const stop = feed.listen(() => (calls += 1));
  for (let seq = 1; seq <= 50; seq++) feeds.accept("w", entry(seq));
  assert.equal(calls, 0);
  await turn();
  assert.equal(calls, 1);
  stop();
  feeds.accept("w", entry(51));
  await turn();
  assert.equal(calls, 1);
});

test("a feed lives as long as somebody uses it", () => {
  const feeds = createFeeds();
  const first = feeds.open("w");
  const second = feeds.open("w");
  first.release();
  first.release();
  assert.equal(feeds.isOpen("w"), true);
  second.release();
  assert.equal(feeds.isOpen("w"), false);
  feeds.accept("w", entry(1));
  assert.equal(feeds.open("w").head, 0);
});
