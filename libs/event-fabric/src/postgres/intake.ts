import { createBulkhead } from "@rivergen/pipeline";
import type { ConsumeOptions, ServiceDatabase } from "../fabric.ts";
import { handleMessage } from "../handle.ts";
import type { HandleOptions, Handling } from "../handle.ts";
import { createLanes } from "../lanes.ts";
import type { Message } from "../message.ts";
import { read, readLastPosition } from "./log.ts";

export type IntakeOptions = Omit<HandleOptions, "bulkhead"> & Pick<ConsumeOptions, "topics"> & { readonly concurrency: number };

/** Reads a group's messages and hands them out, key by key in order. */
export interface Intake {
  /** Begins anew after this position. */
  reset(position: number): void;
  /** Everything up to here is handled or given up. */
  settled(): number;
  /** How far it has read. */
  readonly position: number;
  /** Reads on; gives whether there may be more. */
  advance(): Promise<boolean>;
  /** After a crash: one by one through what the dead process may have had in hand, each try written down first. */
  recover(stopping: AbortSignal): Promise<void>;
  /** Takes dead letters that were asked back. */
  replay(): Promise<void>;
  /** Resolves when there is room to read on. */
  room(): Promise<void>;
  /** Resolves when nothing is in hand. */
  drained(): Promise<void>;
}

/** Messages in memory at most, and read at once. */
const WINDOW = 512;
const READ_LIMIT = 256;

/** `log` reads the fabric's log, `options.database` the service's tables. */
export function createIntake(log: Pick<ServiceDatabase, "inSystem">, options: IntakeOptions): Intake {
  const { topics, deadLetters, database } = options;
  const lanes = createLanes();
  const handling: HandleOptions = { ...options, bulkhead: createBulkhead({ concurrency: options.concurrency, queue: 2 * WINDOW }) };
  /** Positions read and not yet settled, lowest first. */
  const open = new Set<number>();
  /** Ids of dead letters in hand. */
  const replaying = new Set<string>();
  let position = 0;

  function start(message: Message, how: Handling, settle: () => void): Promise<void> {
    return new Promise((resolve) => {
      lanes.add(message.key, async () => {
        // A message left by an abort stays open: whoever has the group next begins with it.
        await handleMessage(message, how, handling).then(settle, () => {});
        resolve();
      });
    });
  }

  function take(message: Message, cautious: boolean): Promise<void> {
    open.add(message.position);
    return start(message, { cautious, replayed: false }, () => open.delete(message.position));
  }

  return {
    reset(to) {
      open.clear();
      position = to;
    },
    settled() {
      const [lowest] = open;
      return lowest === undefined ? position : lowest - 1;
    },
    get position() {
      return position;
    },
    async advance() {
      const { messages, upTo } = await log.inSystem((tx) => read(tx, topics, position, READ_LIMIT));
      for (const message of messages) void take(message, false);
      position = upTo;
      return messages.length === READ_LIMIT;
    },
    async recover(stopping) {
      const last = await log.inSystem((tx) => readLastPosition(tx));
      const { messages } = await log.inSystem((tx) => read(tx, topics, position, WINDOW));
      for (const message of messages) {
        if (message.position > last || stopping.aborted) return;
        await take(message, true);
        position = message.position;
      }
    },
    async replay() {
      const letters = await database.inSystem((tx) => deadLetters.readRequested(tx, WINDOW - READ_LIMIT));
      for (const message of letters) {
        if (replaying.has(message.id)) continue;
        replaying.add(message.id);
        void start(message, { cautious: false, replayed: true }, () => {}).finally(() => replaying.delete(message.id));
      }
    },
    room: () => lanes.below(WINDOW - READ_LIMIT),
    drained: () => lanes.below(1),
  };
}
