import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createChannel } from "./channel.ts";

describe("a channel", () => {
  test("takes what it has room for; the next sender waits until something was read", async () => {
    const channel = createChannel<number>({ capacity: 2 });
    assert.equal(channel.send(1), undefined);
    assert.equal(channel.send(2), undefined);
    let isIn = false;
    const third = channel.send(3)?.then(() => (isIn = true));
    await Promise.resolve();
    assert.deepEqual([channel.size, isIn], [2, false]);
    assert.equal(await channel.receive(), 1);
    await third;
    assert.deepEqual([channel.drain(), channel.size], [[2, 3], 0]);
  });

  test("without capacity an item goes straight to a reader", async () => {
    const channel = createChannel<string>({ capacity: 0 });
    const read = channel.receive();
    assert.equal(channel.send("a"), undefined);
    assert.equal(await read, "a");
    const sent = channel.send("b");
    assert.equal(await channel.receive(), "b");
    await sent;
  });

  test("who waits leaves when aborted, and nothing of it stays behind", async () => {
    const channel = createChannel<number>({ capacity: 0 });
    const abort = new AbortController();
    const sent = assert.rejects(async () => await channel.send(1, abort.signal), { name: "AbortError" });
    const read = new AbortController();
    abort.abort();
    await sent;
    assert.deepEqual(channel.drain(), []);
    const received = assert.rejects(channel.receive(read.signal), { name: "AbortError" });
    read.abort();
    await received;
    const late = channel.send(2);
    assert.deepEqual(channel.drain(), [2]);
    await late;
    assert.throws(() => channel.send(3, AbortSignal.abort()), { name: "AbortError" });
  });

  test("once closed it can be read to its end, and takes nothing more", async () => {
    const channel = createChannel<number>({ capacity: 3 });
    for (const item of [1, 2]) void channel.send(item);
    channel.close();
    const read: number[] = [];
    for await (const item of channel) read.push(item);
    assert.deepEqual(read, [1, 2]);
    assert.throws(() => channel.send(3), { code: "SERVICE_UNAVAILABLE" });
    const waiting = createChannel<number>({ capacity: 1 });
    const end = waiting.receive();
    waiting.close();
    assert.equal(await end, undefined);
  });
});
