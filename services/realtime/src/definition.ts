import { eventRoutes, LoggedEvent, workspaceEventTopic } from "@rivergen/contracts";
import type { Subscription } from "@rivergen/event-fabric";
import { createPrincipalCache, defineService, readTrace, runInContext } from "@rivergen/service-kit";
import { z } from "zod";
import { createEventHandlers } from "./events/routes.ts";
import { createListeners } from "./events/listeners.ts";
import { createLogAccess } from "./log/access.ts";
import { createFeeds } from "./log/feeds.ts";
import { createRecheck } from "./sockets/recheck.ts";
import { attachSockets, type SocketServer } from "./sockets/server.ts";

const recheckMs = 3_000;
const heartbeatMs = 15_000;
const callMs = 30_000;

const config = z.object({
  MAX_SOCKETS: z.coerce.number().int().min(0).default(10_000).describe("Live connections of one process; more are refused"),
  MAX_LISTENERS: z.coerce.number().int().min(0).default(5_000).describe("Long polls and event streams of one process at the same time; more are refused"),
  SLOW_CLIENT_MS: z.coerce.number().int().positive().default(20_000).describe("A live connection that reads nothing for so long is cut"),
});

export const definition = defineService({
  name: "realtime",
  summary: "Carries the log of a workspace to whoever listens: Socket.io, long poll and server-sent events.",
  config,
  routes: eventRoutes,
  calls: ["backend-core"],
  setup({ config: settings, client, asService, fabric, log }) {
    const feeds = createFeeds();
    const access = createLogAccess((caller) => client("backend-core", caller));
    const core = client("backend-core", asService());
    const resolve = (token: string) => core.resolveCredential({ body: { token } });
    const inFreshContext = <T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> =>
      runInContext({ requestId: "", ...readTrace(undefined), deadlineAt: Date.now() + callMs, signal }, work);
    const listeners = createListeners(feeds, access, settings.MAX_LISTENERS);
    const recheck = createRecheck(resolve, recheckMs, log);
    let sockets: SocketServer | undefined;
    let subscription: Subscription | undefined;

    return {
      handlers: createEventHandlers({ listeners, access, heartbeatMs, inFreshContext, now: Date.now }),
      attach(server) {
        const { MAX_SOCKETS: maxSockets, SLOW_CLIENT_MS: patienceMs, PUBLIC_URL: publicUrl } = settings;
        sockets = attachSockets(server, { feeds, access, resolve: createPrincipalCache(resolve), recheck, maxSockets, patienceMs, publicUrl, log });
      },
      async start() {
        subscription = await fabric.subscribe({
          topics: [workspaceEventTopic],
          handler: ({ key, data }) => {
            if (feeds.isOpen(key)) feeds.accept(key, LoggedEvent.parse(data));
          },
        });
      },
      async stop() {
        recheck.stop();
        sockets?.close();
        await subscription?.stop();
      },
    };
  },
});
