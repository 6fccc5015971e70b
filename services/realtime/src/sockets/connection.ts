import { AppError, type Caller, type ChannelAnswer, ChannelRequest, errorCatalog, type SocketRefusal } from "@rivergen/contracts";
import { type Logger, toAppError } from "@rivergen/service-kit";
import type { Socket } from "socket.io";
import type { Feeds } from "../log/feeds.ts";
import type { LogAccess } from "../log/access.ts";
import { createSubscription } from "./subscription.ts";
import { batchWrites, endConnection, whenSent } from "./wire.ts";

/** Requests of one socket that are answered at the same time; more are refused. */
const mostPending = 32;

export interface ConnectionDependencies {
  readonly feeds: Feeds;
  readonly access: LogAccess;
  readonly patienceMs: number;
  readonly log: Logger;
}

/** A failure as it is said to a socket: a code and one sentence, nothing of its cause. */
export function toRefusal(error: AppError): SocketRefusal {
  return { code: error.code, detail: error.details.detail ?? `${errorCatalog[error.code].title}.` };
}

/** Tells a socket why it ends, then ends it. */
export function cut(socket: Socket, error: AppError): void {
  socket.emit("closed", toRefusal(error));
  endConnection(socket);
}

/** Serves one admitted socket until it goes. */
export function serveSocket(socket: Socket, caller: Caller, after: number | undefined, { feeds, access, patienceMs, log }: ConnectionDependencies): void {
  batchWrites(socket);
  const subscription = createSubscription({
    feed: feeds.open(caller.workspaceId),
    read: (request) => access.read(caller, request),
    authorize: (channels) => access.authorize(caller, channels),
    deliver: (events) => {
      for (const event of events) socket.emit("event", event);
      return whenSent(socket, patienceMs);
    },
    fail: (error) => {
      const failure = toAppError(error);
      log.warn({ err: failure, cause: failure.cause }, "a live connection was cut");
      cut(socket, failure);
    },
    after,
  });
  const answer = createAnswerer(log);
  socket.on("subscribe", (payload: unknown, acknowledge: unknown) => {
    void answer(payload, acknowledge, { work: (channels) => subscription.admit(channels), then: (channels, seq) => subscription.begin(channels, seq) });
  });
  socket.on("unsubscribe", (payload: unknown, acknowledge: unknown) => {
    void answer(payload, acknowledge, { work: (channels) => subscription.leave(channels) });
  });
  socket.once("disconnect", () => subscription.close());
}

interface Work {
  readonly work: (channels: readonly string[]) => Promise<number>;
  /** Runs after the acknowledgement has been sent. */
  readonly then?: (channels: readonly string[], seq: number) => void;
}

/** Answers the requests of one socket by their acknowledgements. */
function createAnswerer(log: Logger) {
  let pending = 0;
  return async (payload: unknown, acknowledge: unknown, { work, then }: Work): Promise<void> => {
    const say = (said: ChannelAnswer): void => {
      if (typeof acknowledge === "function") (acknowledge as (said: ChannelAnswer) => void)(said);
    };
    pending += 1;
    try {
      if (pending > mostPending) throw new AppError("OVERLOADED");
      const { channels } = parseRequest(payload);
      const seq = await work(channels);
      say({ ok: true, seq });
      then?.(channels, seq);
    } catch (error) {
      const failure = toAppError(error);
      if (failure.status >= 500 && failure.status !== 503) log.error({ err: failure, cause: failure.cause }, "a request of a live connection failed");
      say({ ok: false, ...toRefusal(failure) });
    } finally {
      pending -= 1;
    }
  };
}

/** @throws INVALID_REQUEST */
function parseRequest(payload: unknown): ChannelRequest {
  const parsed = ChannelRequest.safeParse(payload);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new AppError("INVALID_REQUEST", { detail: `/${issue?.path.join("/") ?? ""}: ${issue?.message ?? "is not valid"}.` });
}
