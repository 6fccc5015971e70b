import type { Server as HttpServer } from "node:http";
import { AppError, type Caller, eventRoutes, type Principal, realtimePath, SocketHandshake } from "@rivergen/contracts";
import { assertAllowed, authenticate, type ResolveCredential, toAppError } from "@rivergen/service-kit";
import { Server, type Socket } from "socket.io";
import { type ConnectionDependencies, cut, serveSocket, toRefusal } from "./connection.ts";
import { isOwnOrigin } from "./origin.ts";
import type { Recheck } from "./recheck.ts";

export interface SocketServerDependencies extends ConnectionDependencies {
  /** Who a token belongs to; may be some seconds old, unless it is told to forget. */
  readonly resolve: ResolveCredential & { forget(token: string): void };
  readonly recheck: Recheck;
  readonly maxSockets: number;
  readonly publicUrl: string | undefined;
}

export interface SocketServer {
  /** Open connections. */
  count(): number;
  /** Takes no new ones and ends all. */
  close(): void;
}

/** A request holds at most 1,000 channels of 90 characters. */
const longestMessage = 128 * 1024;

/** Socket.io beside the operations of an HTTP server. */
export function attachSockets(server: HttpServer, dependencies: SocketServerDependencies): SocketServer {
  const { resolve, recheck, maxSockets, publicUrl } = dependencies;
  let isClosing = false;
  const io = new Server(server, {
    path: realtimePath,
    addTrailingSlash: false,
    serveClient: false,
    transports: ["websocket", "polling"],
    maxHttpBufferSize: longestMessage,
    connectTimeout: 10_000,
    perMessageDeflate: false,
    httpCompression: false,
    allowRequest: (request, decide) => decide(null, isOwnOrigin(request.headers, publicUrl)),
  });

  io.use((socket, next) => void admit(socket).then(...settle(next)));

  async function admit(socket: Socket): Promise<void> {
    if (isClosing) throw new AppError("SERVICE_UNAVAILABLE");
    if (io.engine.clientsCount > maxSockets) throw new AppError("OVERLOADED");
    const { token, workspaceId, after } = readHandshake(socket);
    const check = (find: ResolveCredential): Promise<Caller> => identify(token, workspaceId, find);
    const caller = await check(resolve);
    socket.data = { caller, after: after ?? undefined, token, check: (principal: Principal | null) => check(async () => principal) } satisfies SocketData;
  }

  io.on("connection", (socket) => {
    const { caller, after, token, check } = socket.data as SocketData;
    serveSocket(socket, caller, after, dependencies);
    const unwatch = recheck.watch({
      token,
      check,
      cut(error) {
        resolve.forget(token);
        cut(socket, error);
      },
    });
    socket.once("disconnect", unwatch);
  });

  return {
    count: () => io.engine.clientsCount,
    close() {
      isClosing = true;
      for (const socket of io.of("/").sockets.values()) cut(socket, new AppError("SERVICE_UNAVAILABLE", { detail: "This server is stopping. Connect again." }));
      io.engine.close();
    },
  };
}

/** Socket.io's way of saying that a connection is admitted or refused. */
function settle(next: (error?: Error) => void): [() => void, (error: unknown) => void] {
  return [() => next(), (error) => next(Object.assign(new Error("refused"), { data: toRefusal(toAppError(error)) }))];
}

interface SocketData {
  readonly caller: Caller;
  readonly after: number | undefined;
  readonly token: string;
  readonly check: (principal: Principal | null) => Promise<Caller>;
}

/** The handshake names its caller as requests do. @throws UNAUTHENTICATED, FORBIDDEN, WORKSPACE_REQUIRED, WORKSPACE_NOT_FOUND */
async function identify(token: string, workspaceId: string | null | undefined, find: ResolveCredential): Promise<Caller> {
  const headers = { authorization: `Bearer ${token}`, ...(workspaceId == null ? {} : { "x-workspace-id": workspaceId }) };
  const caller = await authenticate(eventRoutes.listEvents, headers, find);
  assertAllowed(eventRoutes.listEvents, caller);
  return caller;
}

/** @throws UNAUTHENTICATED where there is no token, INVALID_REQUEST */
function readHandshake(socket: Socket): SocketHandshake {
  const given: unknown = socket.handshake.auth;
  const parsed = SocketHandshake.safeParse(given);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  if (issue?.path[0] === "token") throw new AppError("UNAUTHENTICATED");
  throw new AppError("INVALID_REQUEST", { detail: `auth/${issue?.path.join("/") ?? ""}: ${issue?.message ?? "is not valid"}.` });
}
