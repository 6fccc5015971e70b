import type { eventRoutes, Handlers } from "@rivergen/contracts";
import { readChannels, readLastEventId } from "./channels.ts";
import { type PollDependencies, pollEvents } from "./poll.ts";
import { type StreamDependencies, streamEvents } from "./stream.ts";

/** HTTP in, service call out; nothing is decided here. */
export function createEventHandlers(dependencies: PollDependencies & StreamDependencies): Handlers<typeof eventRoutes> {
  return {
    listEvents: async ({ caller, query, headers, signal }) => {
      const listening = { caller, channels: readChannels(query.channels), after: query.after ?? 0, signal };
      if (!/\btext\/event-stream\b/i.test(headers["accept"] ?? "")) return pollEvents(dependencies, listening, query.waitMs, query.limit);
      const stream = await streamEvents(dependencies, { ...listening, after: readLastEventId(headers["last-event-id"]) ?? listening.after });
      return { stream, contentType: "text/event-stream", headers: { "x-accel-buffering": "no" } };
    },
  };
}
