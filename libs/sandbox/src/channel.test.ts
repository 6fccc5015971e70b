import assert from "node:assert/strict";
import { Duplex, PassThrough } from "node:stream";
import { test } from "node:test";
import { MAX_FRAME_BYTES, createChannel } from "./channel.ts";

/** A stream whose written bytes are kept and whose incoming bytes are given by hand. */
function createWire(): { stream: Duplex; sent: Buffer[]; incoming: PassThrough } {
  const incoming = new PassThrough();
  const sent: Buffer[] = [];
  const stream = new Duplex({
    read() {},
    write(bytes: Buffer, _encoding, done) {
      sent.push(bytes);
      done();
    },
  });
  incoming.on("data", (bytes) => stream.push(bytes));
  return { stream, sent, incoming };
}

test("frames survive any cut of the bytes, and arrive in order", () => {
  const out = createWire();
  const sender = createChannel<never, unknown>(out.stream);
  const messages = [{ a: 1 }, "ünïcode 🌊", [], { long: "x".repeat(70_000) }, null];
  for (const message of messages) sender.send(message);
  const bytes = Buffer.concat(out.sent);
  for (const size of [1, 3, 4, 5, 1_000, bytes.length]) {
    const received: unknown[] = [];
    const stream = new Duplex({ read() {}, write: (_bytes, _encoding, done) => done() });
    createChannel<unknown, never>(stream).onMessage((message) => received.push(message));
    for (let at = 0; at < bytes.length; at += size) stream.emit("data", bytes.subarray(at, at + size));
    assert.deepEqual(received, messages);
  }
});

test("messages that come before a listener are kept", () => {
  const stream = new Duplex({ read() {}, write: (_bytes, _encoding, done) => done() });
  const channel = createChannel<number, never>(stream);
  stream.emit("data", Buffer.from([0, 0, 0, 1, 0x37]));
  const received: number[] = [];
  channel.onMessage((message) => received.push(message));
  assert.deepEqual(received, [7]);
});

test("a frame that is too long or no JSON ends the conversation with the reason", () => {
  const long = Buffer.alloc(4);
  long.writeUInt32BE(MAX_FRAME_BYTES + 1);
  for (const bytes of [long, Buffer.from([0, 0, 0, 1, 0x7b])]) {
    const stream = new Duplex({ read() {}, write: (_bytes, _encoding, done) => done() });
    const channel = createChannel<unknown, never>(stream);
    channel.onMessage(() => assert.fail("no message was sent"));
    stream.emit("data", bytes);
    let reason: Error | undefined;
    channel.onClose((error) => (reason = error));
    assert.ok(reason instanceof Error);
  }
});
