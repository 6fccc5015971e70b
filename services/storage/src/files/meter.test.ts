import assert from "node:assert/strict";
import { once } from "node:events";
import { Readable } from "node:stream";
import { test } from "node:test";
import { AppError } from "@rivergen/contracts";
import { meter } from "./meter.ts";

const generous = { maxBytes: 1_000_000, idleTimeoutMs: 5_000 };
const bytes = (...parts: string[]): Readable => Readable.from(parts.map((part) => Buffer.from(part)));

async function drain(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function failsWith(code: string) {
  return (error: unknown): boolean => error instanceof AppError && error.code === code;
}

test("what is as announced goes through unchanged", async () => {
  assert.equal(await drain(meter(bytes("a,b\n", "1,2\n"), { ...generous, sizeBytes: 8 })), "a,b\n1,2\n");
  assert.equal(await drain(meter(bytes(), { ...generous, sizeBytes: 0 })), "");
});

test("fewer bytes than announced", async () => {
  await assert.rejects(drain(meter(bytes("12345678"), { ...generous, sizeBytes: 9 })), failsWith("UPLOAD_INCOMPLETE"));
});

test("more bytes than allowed end it at once and leave the source open for the answer", async () => {
  const source = bytes("1234", "5678", "9");
  await assert.rejects(drain(meter(source, { ...generous, maxBytes: 6 })), failsWith("BODY_TOO_LARGE"));
  assert.equal(source.destroyed, false);
  source.resume();
  await once(source, "end");
});

test("a connection that breaks", async () => {
  const source = new Readable({ read: () => undefined });
  source.push("1234");
  const reading = drain(meter(source, generous));
  source.destroy(new Error("ECONNRESET"));
  await assert.rejects(reading, failsWith("UPLOAD_INCOMPLETE"));
});

test("a source that stalls is cut", async () => {
  const source = new Readable({ read: () => undefined });
  await assert.rejects(drain(meter(source, { ...generous, idleTimeoutMs: 20 })), failsWith("UPLOAD_INCOMPLETE"));
  assert.equal(source.destroyed, true);
});

test("a reader that is slow is no sender that stalls", async () => {
  const reader = meter(bytes("1", "2"), { ...generous, idleTimeoutMs: 1 });
  await reader.next();
  await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal((await reader.next()).value?.toString(), "2");
});
