export type {
  Consumer,
  ConsumeOptions,
  EventFabric,
  Outbox,
  OutboxOptions,
  ReplayOptions,
  ServiceDatabase,
  ServiceStore,
  SubscribeOptions,
  Subscription,
} from "./fabric.ts";
export type { DeadLetter, EventDraft, Message } from "./message.ts";
export { createPostgresFabric } from "./postgres/fabric.ts";
export type { PostgresFabricOptions } from "./postgres/fabric.ts";
export { eventTables, FABRIC_SCHEMA, fabricTables } from "./tables.ts";
