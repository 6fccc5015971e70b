import type { Socket as TcpSocket } from "node:net";
import { AppError } from "@rivergen/contracts";
import type { Socket } from "socket.io";

/** The parts of engine.io's socket that its types hide: what waits to be written, and the connection below. */
interface Inner {
  readonly writeBuffer: readonly unknown[];
  readonly transport: { readonly socket?: { readonly _socket?: TcpSocket; terminate?(): void } };
}

function inner(socket: Socket): Inner {
  return socket.conn as unknown as Inner;
}

/** Ends a connection; one that does not take its last words within a second is torn down. */
export function endConnection(socket: Socket): void {
  const { conn } = socket;
  socket.disconnect(true);
  const timer = setTimeout(() => {
    conn.close(true);
    (conn as unknown as Inner).transport.socket?.terminate?.();
  }, 1_000);
  timer.unref();
  conn.once("close", () => clearTimeout(timer));
}

/** Everything that is written in one flush goes out in one system call instead of one per event. */
export function batchWrites(socket: Socket): void {
  let corked: TcpSocket | undefined;
  socket.conn.on("flush", () => {
    corked = inner(socket).transport.socket?._socket;
    corked?.cork();
  });
  socket.conn.on("drain", () => {
    const held = corked;
    corked = undefined;
    if (held) process.nextTick(() => held.uncork());
  });
}

/**
 * Resolves when what was sent has left for the network, so that at most one batch is ever held here.
 * @throws CLIENT_TOO_SLOW when it does not within `patienceMs`
 */
export function whenSent(socket: Socket, patienceMs: number): Promise<void> {
  if (inner(socket).writeBuffer.length === 0) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const release = (): void => {
      clearTimeout(timer);
      socket.conn.off("drain", done);
      socket.conn.off("close", done);
    };
    const done = (): void => {
      release();
      resolve();
    };
    const timer = setTimeout(() => {
      release();
      reject(new AppError("CLIENT_TOO_SLOW"));
    }, patienceMs);
    socket.conn.on("drain", done);
    socket.conn.on("close", done);
  });
}
