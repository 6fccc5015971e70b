import type { z } from "zod";
import { Event, eventCatalog, type EventType, eventTypes } from "./events.ts";
import { createSchemaBook, type JsonSchema, type SchemaBook } from "./json-schema.ts";
import type { DocumentInfo } from "./openapi.ts";
import { ChannelAnswer, ChannelRequest, realtimePath, SocketRefusal } from "./sockets.ts";

/** Which events of the workspace also come on a narrower channel. */
export const narrowChannels = {
  run: {
    address: "run:{runId}",
    summary: "What happens to one run",
    parameter: { runId: { description: "Id of a run of the workspace" } },
    types: eventTypes.filter((type) => type.startsWith("run.") || ["usage.recorded", "dataset.ready", "dataset.updated"].includes(type)),
  },
  dataset: {
    address: "dataset:{datasetId}",
    summary: "What happens to one dataset",
    parameter: { datasetId: { description: "Id of a dataset of the workspace" } },
    types: eventTypes.filter((type) => type.startsWith("dataset.") || type === "file.stored"),
  },
} as const;

/** The AsyncAPI 3 document of the live events over Socket.io, made from the event catalogue. */
export function createAsyncApi(info: DocumentInfo): JsonSchema {
  const book = createSchemaBook();
  const event = book.add(Event, "output");
  const messages = { ...Object.fromEntries(eventTypes.map((type) => [type, toEventMessage(type, event, book)])), ...requestMessages(book) };
  return {
    asyncapi: "3.0.0",
    info: { ...info, description: `${info.description}\n\n${introduction}`.trim() },
    defaultContentType: "application/json",
    servers: {
      gateway: {
        host: "{host}",
        pathname: realtimePath,
        protocol: "ws",
        protocolVersion: "Socket.io 4 (Engine.IO 4), also over HTTP long polling",
        description: "The gateway. `auth` of the handshake: `{ token, workspaceId, after? }`.",
        variables: { host: { default: "127.0.0.1:8080", description: "Host and port of the gateway" } },
        security: [{ $ref: "#/components/securitySchemes/token" }],
      },
    },
    channels: { workspace: toChannel("workspace", "Everything that happens in the workspace; `seq` has no gaps here", eventTypes), ...narrow(), ...requests() },
    operations: operations(),
    components: {
      schemas: book.components,
      messages,
      securitySchemes: { token: { type: "userPassword", description: "`auth.token` of the handshake: a session token or an API key" } },
    },
  };
}

const introduction = [
  "Events are CloudEvents 1.0. A client connects with Socket.io and emits `subscribe` with channels; the acknowledgement says where the log stands (`seq`).",
  "Each event comes once, as the Socket.io event `event`, in the order of the log. A client that reconnects with `after: <last seq>` gets exactly what it missed: replay up to the `seq` of the acknowledgement, then live.",
  "A refused handshake is a `connect_error` whose `data.code` says why; before the server ends a connection it emits `closed` with a code.",
].join("\n");

function toEventMessage(type: EventType, event: JsonSchema, book: SchemaBook): JsonSchema {
  const { summary, data } = eventCatalog[type];
  return {
    name: "event",
    title: type,
    summary,
    contentType: "application/json",
    payload: { allOf: [event, { type: "object", properties: { type: { const: type }, data: book.add(data, "output") } }] },
  };
}

function requestMessages(book: SchemaBook): Record<string, JsonSchema> {
  const message = (name: string, summary: string, schema: z.ZodType, side: "input" | "output"): JsonSchema => ({
    name,
    title: name,
    summary,
    contentType: "application/json",
    payload: book.add(schema, side),
  });
  return {
    subscribe: message("subscribe", "Listen to channels", ChannelRequest, "input"),
    unsubscribe: message("unsubscribe", "Listen to channels no longer", ChannelRequest, "input"),
    acknowledgement: message("acknowledgement", "Whether the request was granted, and where the log stands", ChannelAnswer, "output"),
    closed: message("closed", "Why the server ends the connection now", SocketRefusal, "output"),
  };
}

function toChannel(address: string, summary: string, names: readonly string[], parameters: object = {}): JsonSchema {
  const messages = Object.fromEntries(names.map((name) => [name, { $ref: `#/components/messages/${name}` }]));
  return { address, summary, messages, ...(Object.keys(parameters).length > 0 ? { parameters } : {}) };
}

function narrow(): Record<string, JsonSchema> {
  return Object.fromEntries(
    Object.entries(narrowChannels).map(([name, { address, summary, types, parameter }]) => [
      name,
      toChannel(address, `${summary}; each event says in \`prevSeq\` which one came before it`, types, parameter),
    ]),
  );
}

function requests(): Record<string, JsonSchema> {
  return {
    requests: toChannel("requests", "What clients ask for; each request is acknowledged", ["subscribe", "unsubscribe"]),
    acknowledgements: toChannel("acknowledgements", "Answers to requests", ["acknowledgement"]),
    connection: toChannel("connection", "What the server says of the connection itself", ["closed"]),
  };
}

function operations(): Record<string, JsonSchema> {
  const channel = (name: string): JsonSchema => ({ $ref: `#/channels/${name}` });
  const message = (from: string, name: string): JsonSchema => ({ $ref: `#/channels/${from}/messages/${name}` });
  const sent = (name: string, summary: string): JsonSchema => ({ action: "send", channel: channel(name), summary });
  const asked = (name: string, summary: string): JsonSchema => ({
    action: "receive",
    channel: channel("requests"),
    summary,
    messages: [message("requests", name)],
    reply: { channel: channel("acknowledgements"), messages: [message("acknowledgements", "acknowledgement")] },
  });
  return {
    sendWorkspaceEvents: sent("workspace", "Every event, in order"),
    sendRunEvents: sent("run", "Events of one run, in order"),
    sendDatasetEvents: sent("dataset", "Events of one dataset, in order"),
    sendClosed: sent("connection", "The connection ends"),
    subscribe: asked("subscribe", "A client begins to listen"),
    unsubscribe: asked("unsubscribe", "A client stops listening"),
  };
}
