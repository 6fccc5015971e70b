import assert from "node:assert/strict";
import { once } from "node:events";
import { Readable } from "node:stream";
import { test } from "node:test";
import { AppError, type StreamAnswer } from "@rivergen/contracts";
import { withDeadline } from "./transport.ts";

test("a stream that comes after its caller has gone is closed", async () => {
  const gone = new AbortController();
  const late = Promise.withResolvers<StreamAnswer>();
  const call = withDeadline({ signal: gone.signal }, () => late.promise);
  gone.abort(new AppError("DEADLINE_EXCEEDED"));
  await assert.rejects(call, { code: "DEADLINE_EXCEEDED" });
  const stream = Readable.from(["never read"]);
  const closed = once(stream, "close");
  late.resolve({ stream, contentType: "text/plain" });
  await closed;
  assert.equal(stream.destroyed, true);
});
