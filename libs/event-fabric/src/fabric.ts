import type { Transaction } from "@rivergen/contracts";
import type { DeadLetter, EventDraft, Message } from "./message.ts";

/** The transactions of one service, as `createDatabase` of the database library makes them. */
export interface ServiceDatabase {
  inWorkspace<T>(workspaceId: string, work: (tx: Transaction) => Promise<T>, options?: { signal?: AbortSignal }): Promise<T>;
  inSystem<T>(work: (tx: Transaction) => Promise<T>, options?: { signal?: AbortSignal }): Promise<T>;
}

/** Where a service's event tables lie (`eventTables(schema)`), and its transactions. */
export interface ServiceStore {
  readonly schema: string;
  readonly database: ServiceDatabase;
}

export interface OutboxOptions {
  readonly schema: string;
  /** CloudEvents `source` of everything it says: `/backend-core`. */
  readonly source: string;
}

export interface Outbox {
  /** Writes the events into the transaction: they are sent if and only if it commits, in the order given. Gives their ids. */
  emit(tx: Transaction, ...events: readonly EventDraft[]): Promise<string[]>;
}

export interface ConsumeOptions extends ServiceStore {
  /** Each group handles each message once, over all its processes and lives; one process of a group works at a time. */
  readonly group: string;
  readonly topics: readonly string[];
  /**
   * Its effects commit together with the note that the message was handled. Runs in the message's workspace, or as the
   * system where it has none. The signal aborts at the deadline and when the consumer stops in a hurry.
   */
  readonly handler: (tx: Transaction, message: Message, signal: AbortSignal) => Promise<void>;
  /** Messages of different keys handled at the same time. Default 4. */
  readonly concurrency?: number;
  /** Total tries for an error that says retrying is useless (or says nothing) before the message becomes a dead letter. Default 3. */
  readonly maxTries?: number;
  /** The same for errors that say retrying can help. Default 20, about five minutes. */
  readonly maxRetryableTries?: number;
  /** Deadline of one try, ms. Default 30,000. */
  readonly timeoutMs?: number;
  /** Where a group that never ran begins: `earliest` (default) or `now`. */
  readonly from?: "earliest" | "now";
  /** How often tables are swept, ms. Default 600,000. */
  readonly sweepMs?: number;
}

export interface Consumer {
  /** Takes no more, waits for what is being handled (at most `drainMs`, default 10,000), then passes the group on. */
  stop(drainMs?: number): Promise<void>;
}

export interface SubscribeOptions {
  readonly topics: readonly string[];
  /** Gets every message from there on, in order, one after the other; an error is logged and the message passed over. */
  readonly handler: (message: Message) => void | Promise<void>;
  /** Where it begins: `now` (default), `earliest` for everything that is still kept, or after the position of a message that was heard before. */
  readonly from?: "now" | "earliest" | number;
}

export interface Subscription {
  stop(): Promise<void>;
}

export interface ReplayOptions extends ServiceStore {
  readonly group: string;
  /** Message ids. Default: all of the group. */
  readonly ids?: readonly string[];
}

/** Carries what happened from the transaction it happened in to everyone concerned. */
export interface EventFabric {
  /** The outbox of a service; sending starts with the first call for its schema in this process. */
  outbox(options: OutboxOptions): Outbox;
  /** Handles messages once, in the order of each key. */
  consume(options: ConsumeOptions): Consumer;
  /**
   * Hears everything from now on, or from an earlier place, in every process that asks. Resolves once nothing later can be
   * missed. @throws INPUT_GONE where messages after the position asked for are not kept any more
   */
  subscribe(options: SubscribeOptions): Promise<Subscription>;
  /** Gives dead letters back to their group; order to newer messages of the key is not kept. Gives how many. */
  replayDeadLetters(options: ReplayOptions): Promise<number>;
  /** Newest first, at most 1,000. */
  listDeadLetters(options: Omit<ReplayOptions, "ids">): Promise<DeadLetter[]>;
  /** Stops consumers and subscriptions, sends what is in the outboxes, and stops. */
  close(): Promise<void>;
}
