import type { Duplex } from "node:stream";

/** Longest frame either side takes, in bytes. A longer announcement ends the conversation. */
export const MAX_FRAME_BYTES = 64 * 1024 * 1024;

/** Two-way talk in JSON frames: four bytes of length (big endian), then that many bytes of UTF-8. */
export interface Channel<Incoming, Outgoing> {
  send(message: Outgoing): void;
  /** Called once per frame, in order. */
  onMessage(listener: (message: Incoming) => void): void;
  /** Called once, when the other side is gone or sent something that is no frame. */
  onClose(listener: (reason: Error | undefined) => void): void;
  close(): void;
}

/** Speaks frames over a stream. Frames that arrive before a listener is set are kept. */
export function createChannel<Incoming, Outgoing>(stream: Duplex): Channel<Incoming, Outgoing> {
  const waiting: Incoming[] = [];
  let listener: ((message: Incoming) => void) | undefined;
  let closed: { readonly reason: Error | undefined } | undefined;
  const closeListeners: ((reason: Error | undefined) => void)[] = [];

  function close(reason?: Error): void {
    if (closed !== undefined) return;
    closed = { reason };
    stream.destroy();
    for (const each of closeListeners) each(reason);
  }

  const readFrames = createFrameReader((text) => {
    const message = JSON.parse(text) as Incoming;
    if (listener === undefined) waiting.push(message);
    else listener(message);
  });
  stream.on("data", (bytes: Buffer) => {
    try {
      readFrames(bytes);
    } catch (error) {
      close(error as Error);
    }
  });
  stream.on("error", (error) => close(error));
  stream.on("close", () => close());
  stream.on("end", () => close());

  return {
    send(message) {
      if (closed === undefined) stream.write(encodeFrame(message));
    },
    onMessage(next) {
      listener = next;
      for (const message of waiting.splice(0)) next(message);
    },
    onClose(next) {
      if (closed === undefined) closeListeners.push(next);
      else next(closed.reason);
    },
    close: () => close(),
  };
}

function encodeFrame(message: unknown): Buffer {
  const body = Buffer.from(JSON.stringify(message), "utf8");
  const frame = Buffer.allocUnsafe(4 + body.length);
  frame.writeUInt32BE(body.length, 0);
  body.copy(frame, 4);
  return frame;
}

/** Collects bytes into frames; keeps at most one frame and one read of memory. */
function createFrameReader(onFrame: (text: string) => void): (bytes: Buffer) => void {
  let chunks: Buffer[] = [];
  let held = 0;
  return (bytes) => {
    chunks.push(bytes);
    held += bytes.length;
    while (held >= 4) {
      const head = joinFirst(chunks, 4);
      const length = head.readUInt32BE(0);
      if (length > MAX_FRAME_BYTES) throw new RangeError(`A frame of ${length} bytes is longer than allowed`);
      if (held < 4 + length) return;
      const all = chunks.length === 1 ? head : Buffer.concat(chunks);
      onFrame(all.toString("utf8", 4, 4 + length));
      chunks = all.length === 4 + length ? [] : [all.subarray(4 + length)];
      held = all.length - 4 - length;
    }
  };
}

/** Makes sure that the first chunk holds at least `count` bytes, and returns it. */
function joinFirst(chunks: Buffer[], count: number): Buffer {
  let first = chunks[0] ?? Buffer.alloc(0);
  while (first.length < count) {
    first = Buffer.concat([first, chunks[1] ?? Buffer.alloc(0)]);
    chunks.splice(0, 2, first);
  }
  return first;
}
