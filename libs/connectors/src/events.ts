import type { EventDraft, EventFabric, Message, ServiceStore } from "@rivergen/event-fabric";
import { defineSink, defineSource } from "@rivergen/pipeline/streams";
import type { SinkPlugin, Sourced, SourcePlugin } from "@rivergen/pipeline/streams";
import { z } from "zod";
import { pointTo } from "./json-pointer.ts";

const sourceConfig = z.strictObject({
  topics: z.array(z.string().min(1)).min(1).describe("Topics that are heard."),
  from: z
    .enum(["now", "earliest"])
    .default("now")
    .describe("Where a reading without a position begins: `now`, or `earliest` for everything that is still kept."),
});
type Start = "now" | "earliest" | number;

/** Messages as they come; the fabric keeps the next one until this one was taken. */
async function* hear(fabric: EventFabric, topics: readonly string[], from: Start, signal: AbortSignal): AsyncGenerator<Sourced<Message>> {
  let offer = Promise.withResolvers<{ readonly message: Message; readonly take: () => void }>();
  const stop = () => offer.reject(signal.reason as Error);
  offer.promise.catch(() => {});
  const left = new AbortController();
  const subscription = await fabric.subscribe({
    topics,
    from,
    handler: (message) =>
      new Promise<void>((take) => {
        if (left.signal.aborted) take();
        left.signal.addEventListener("abort", () => take(), { once: true });
        offer.resolve({ message, take });
      }),
  });
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  try {
    for (;;) {
      const { message, take } = await offer.promise;
      offer = Promise.withResolvers();
      offer.promise.catch(() => {});
      yield { value: message, cursor: message.position };
      take();
    }
  } finally {
    signal.removeEventListener("abort", stop);
    left.abort();
    await subscription.stop();
  }
}

/**
 * What is said on some topics. Its position is a place in the fabric's log: going on from there misses nothing that was said
 * meanwhile, and fails with INPUT_GONE where that is not kept any more.
 */
export function eventSource(fabric: EventFabric): SourcePlugin<typeof sourceConfig, Message> {
  return defineSource({
    name: "events",
    version: "1.0.0",
    description:
      "Gives the messages of the event fabric in order, from the moment of reading on or from a position; one whose messages are not kept any more fails with INPUT_GONE.",
    config: sourceConfig,
    open: ({ topics, from }) => ({
      name: `events:${topics.join(",")}`,
      read: ({ after, signal }) => hear(fabric, topics, typeof after === "number" ? after : from, signal),
    }),
  });
}

const pointer = z.string().regex(/^(\/.*)?$/, "a JSON Pointer");
const sinkConfig = z.strictObject({
  topic: z.string().min(1).describe("Topic, `<domain>.<noun>.v<major>`."),
  type: z.string().min(1).describe("Type of the messages, `noun.past-tense`."),
  key: pointer.describe("JSON Pointer to the key in an item: messages of one key keep their order."),
  subject: pointer.describe("JSON Pointer to the id of the thing that it happened to."),
  id: pointer.optional().describe("JSON Pointer to an id of the message; consumers handle an id once. Absent: a fresh one."),
  workspaceId: z.string().min(1).optional().describe("Workspace that the messages belong to; absent: the platform."),
});

/** Says every item, or every item of a list in one transaction. */
export function eventSink(fabric: EventFabric, { schema, database, source }: ServiceStore & { readonly source: string }): SinkPlugin<typeof sinkConfig> {
  return defineSink({
    name: "events",
    version: "1.0.0",
    description: "Says every item as a message on the event fabric; a list of items is said in one transaction.",
    config: sinkConfig,
    open({ topic, type, key, subject, id, workspaceId }) {
      const outbox = fabric.outbox({ schema, source });
      const draft = (item: object): EventDraft => ({
        topic,
        type,
        key: String(pointTo(item, key)),
        subject: String(pointTo(item, subject)),
        data: item,
        workspaceId: workspaceId ?? null,
        ...(id === undefined ? {} : { id: String(pointTo(item, id)) }),
      });
      return {
        name: `events:${topic}`,
        async write(item: unknown, { signal }: { readonly signal: AbortSignal }) {
          const drafts = (Array.isArray(item) ? (item as object[]) : [item as object]).map(draft);
          const say = (tx: Parameters<typeof outbox.emit>[0]) => outbox.emit(tx, ...drafts);
          await (workspaceId === undefined ? database.inSystem(say, { signal }) : database.inWorkspace(workspaceId, say, { signal }));
        },
      };
    },
  });
}
