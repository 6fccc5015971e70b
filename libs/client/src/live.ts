import { AppError, type ErrorCode, type Event, type EventPage } from "@rivergen/contracts";
import { retry } from "@rivergen/pipeline";
import { io, type Socket } from "socket.io-client";
import type { RiverGenClient } from "./client.ts";
import { createEventOrder, type EventOrder } from "./event-order.ts";
import { isKnownCode } from "./problem.ts";

export interface SubscribeOptions {
  /** `workspace`, `run:<id>`, `dataset:<id>`. Default: the whole workspace. */
  readonly channels?: readonly string[];
  /** Number of the last event that is already known. Absent: what happens from now on. */
  readonly after?: number;
  /** Ends the subscription quietly. */
  readonly signal?: AbortSignal;
  /** Milliseconds for the first connection. Default 10,000. Later ones are tried until they succeed. */
  readonly connectTimeoutMs?: number;
  /** Events held for a slow reader before the rest is read from the log again. Default 10,000. */
  readonly bufferedEvents?: number;
  /** Told when the connection comes and goes. */
  readonly onConnection?: (state: "connected" | "interrupted") => void;
}

/**
 * Events in the order of the log, each exactly once, over any number of lost connections. One reader at a time; leaving
 * the loop closes it. Reading fails with the code of a refusal, or SERVICE_UNAVAILABLE when no first connection came.
 */
export interface Subscription extends AsyncIterableIterator<Event> {
  /** Number of the log at which the subscription stood when it began. */
  readonly ready: Promise<number>;
  /** Number of the last event read; give it as `after` to go on later. */
  readonly last: number | undefined;
  close(): void;
}

const acknowledgementMs = 10_000;
/** Wait after a refusal that another try may change. */
const refusedMs = 1_000;

type Acknowledgement = { ok: true; seq: number } | { ok: false; code: string };

/** Listens to channels of the client's workspace over Socket.io; see docs of the wire in AsyncAPI. */
export function subscribe(client: RiverGenClient, options: SubscribeOptions = {}): Subscription {
  const channels = options.channels ?? ["workspace"];
  const stop = new AbortController();
  const state = createState();
  const readLog = (after: number): Promise<EventPage> => readLogPage(client, channels, after, stop.signal);
  const order = createEventOrder({ gapFree: channels.includes("workspace"), after: options.after, readLog, limit: options.bufferedEvents ?? 10_000 });
  const socket = connect(client, () => order.last);

  const end = (error: Error | undefined): void => {
    if (!state.end({ error })) return;
    stop.abort();
    socket.disconnect();
    options.signal?.removeEventListener("abort", close);
  };
  const close = (): void => end(undefined);
  const fail = (error: Error): void => end(error);
  attach(socket, channels, order, state, fail, options);
  options.signal?.addEventListener("abort", close, { once: true });
  if (options.signal?.aborted === true) close();
  else socket.connect();
  return toIterator(order, state, close);
}

/** Where the subscription stands: told to its reader. */
function createState() {
  let ended: { readonly error: Error | undefined } | undefined;
  let wake = (): void => {};
  const ready = Promise.withResolvers<number>();
  // A reader that only iterates learns of the failure there.
  ready.promise.catch(() => {});
  return {
    ready,
    get ended() {
      return ended;
    },
    end(how: { readonly error: Error | undefined }): boolean {
      if (ended) return false;
      ended = how;
      ready.reject(how.error ?? new AppError("SERVICE_UNAVAILABLE", { detail: "The subscription was closed." }));
      wake();
      return true;
    },
    notify: () => wake(),
    change: () =>
      new Promise<void>((resolve) => {
        wake = resolve;
      }),
  };
}
type State = ReturnType<typeof createState>;

function connect(client: RiverGenClient, last: () => number | undefined): Socket {
  const { url, token, workspaceId } = client.connection;
  const { origin, pathname } = new URL(url);
  return io(origin, {
    path: `${pathname.replace(/\/$/, "")}/v1/realtime`,
    transports: ["websocket", "polling"],
    tryAllTransports: true,
    autoConnect: false,
    forceNew: true,
    reconnectionDelay: 200,
    reconnectionDelayMax: 5_000,
    auth: (give) => {
      const after = last();
      give({ ...(token === undefined ? {} : { token }), ...(workspaceId === undefined ? {} : { workspaceId }), ...(after === undefined ? {} : { after }) });
    },
  });
}

function attach(socket: Socket, channels: readonly string[], order: EventOrder, state: State, fail: (error: Error) => void, options: SubscribeOptions): void {
  let connectedOnce = false;
  const patience = setTimeout(
    () => fail(new AppError("SERVICE_UNAVAILABLE", { detail: "No live connection could be made." })),
    options.connectTimeoutMs ?? 10_000,
  );
  const settle = (): void => clearTimeout(patience);
  state.ready.promise.then(settle, settle);
  // A platform that is starting, stopping or overloaded refuses what it will take a moment later.
  const refused = (why: AppError): void => {
    if (!why.retryable) return fail(why);
    setTimeout(() => {
      if (!state.ended) socket.disconnect().connect();
    }, refusedMs);
  };
  socket.on("event", (event: Event) => {
    order.push(event);
    state.notify();
  });
  socket.on("connect", () => {
    const ask = socket.timeout(acknowledgementMs).emitWithAck("subscribe", { channels }) as Promise<Acknowledgement>;
    ask.then(
      (answer) => {
        if (!answer.ok) return refused(refusal(answer.code));
        connectedOnce = true;
        order.begin(answer.seq);
        state.ready.resolve(answer.seq);
        options.onConnection?.("connected");
        state.notify();
      },
      // No acknowledgement: the connection is of no use.
      () => {
        if (!state.ended && socket.connected) socket.disconnect().connect();
      },
    );
  });
  socket.on("connect_error", (error: Error & { data?: { code?: unknown } }) => {
    // Refusals end here; anything else is tried again by the library.
    if (!socket.active) refused(refusal(error.data?.code, error));
  });
  socket.on("disconnect", (reason) => {
    if (state.ended) return;
    if (connectedOnce) options.onConnection?.("interrupted");
    if (reason === "io server disconnect") socket.connect();
  });
}

function refusal(code: unknown, cause?: unknown): AppError {
  const known: ErrorCode = isKnownCode(code) ? code : "FORBIDDEN";
  return new AppError(known, {}, cause);
}

function toIterator(order: EventOrder, state: State, close: () => void): Subscription {
  const finish = (): IteratorResult<Event> => {
    if (state.ended?.error !== undefined) throw state.ended.error;
    return { done: true, value: undefined };
  };
  return {
    ready: state.ready.promise,
    get last() {
      return order.last;
    },
    close,
    next: async () => {
      for (;;) {
        if (state.ended) return finish();
        const changed = state.change();
        try {
          const event = await order.next();
          if (event) return { done: false, value: event };
        } catch (error) {
          if (!state.ended) {
            close();
            throw error;
          }
        }
        if (!state.ended) await changed;
      }
    },
    return: async () => {
      close();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/** The log is read again while the platform is away: a subscription outlives its restarts. */
async function readLogPage(client: RiverGenClient, channels: readonly string[], after: number, signal: AbortSignal): Promise<EventPage> {
  const query = { after, limit: 500, ...(channels.includes("workspace") ? {} : { channels: channels.join(",") }) };
  return retry(() => client.listEvents({ query }, { signal }), { attempts: Number.POSITIVE_INFINITY, baseMs: 200, capMs: 5_000, signal });
}
