import { AppError } from "@rivergen/contracts";
import type { Transaction } from "@rivergen/contracts";
import { backoffDelay, isRetryable, timeout } from "@rivergen/pipeline";
import type { Bulkhead, Clock, Log } from "@rivergen/pipeline";
import type { ConsumeOptions } from "./fabric.ts";
import type { DeadLetters } from "./dead-letters.ts";
import type { Inbox } from "./inbox.ts";
import type { Message } from "./message.ts";

export type HandleOptions = Required<Pick<ConsumeOptions, "group" | "database" | "handler" | "maxTries" | "maxRetryableTries" | "timeoutMs">> & {
  readonly inbox: Inbox;
  readonly deadLetters: DeadLetters;
  /** Bounds the handlers that run at the same time; waiting for the next try takes no place. */
  readonly bulkhead: Bulkhead;
  /** Aborts when the consumer gives up waiting for handlers. */
  readonly signal: AbortSignal;
  readonly log: Log;
  readonly clock: Clock;
};

export interface Handling {
  /** Counts the try before it begins: for messages whose handling may have ended a process. */
  readonly cautious: boolean;
  /** The message is a dead letter that was asked back. */
  readonly replayed: boolean;
}

/** Waits between tries: 0.2 s, 0.4 s … 20 s. */
const BACKOFF = { baseMs: 200, capMs: 20_000 };

/**
 * Handles one message once: tries until it succeeds or becomes a dead letter. Resolves when one of both has been written
 * down; rejects only when the signal aborts, and then the message is neither.
 */
export async function handleMessage(message: Message, { cautious, replayed }: Handling, options: HandleOptions): Promise<void> {
  const { bulkhead, clock, log, signal, group } = options;
  let again = true;
  for (let failures = 0; again; failures += 1) {
    if (failures > 0) await clock.sleep(backoffDelay(failures - 1, BACKOFF), signal);
    const step = () => tryOnce(message, { cautious: cautious && failures === 0, replayed }, options);
    // What fails here is the store: the try could not be written down and does not count.
    again = await bulkhead.run(step, { signal }).catch((error: unknown) => {
      signal.throwIfAborted();
      log.warn({ err: error, group }, "a message could not be handled for want of the store");
      return true;
    });
  }
}

/** Whether the message must be tried again. */
async function tryOnce(message: Message, { cautious, replayed }: Handling, options: HandleOptions): Promise<boolean> {
  const { inbox, log, signal, group, maxTries } = options;
  const count = () => inScope(message, options, (tx) => inbox.countTry(tx, message));
  let tries: number | undefined;
  if (cautious) {
    tries = await count();
    if (tries === undefined) return false;
    if (tries > maxTries) return bury(message, tries, new Error("The process ended each time it handled this message"), options);
  }
  try {
    await attempt(message, replayed, options);
    return false;
  } catch (error) {
    signal.throwIfAborted();
    tries ??= await count();
    if (tries === undefined) return false;
    if (tries >= triesFor(error, options)) return bury(message, tries, error, options);
    log.warn({ err: error, group, id: message.id, type: message.type, tries }, "handling a message failed");
    return true;
  }
}

/** A handler that overran its deadline may do so each time: only other retryable errors get the longer patience. */
function triesFor(error: unknown, { maxTries, maxRetryableTries }: HandleOptions): number {
  const overran = error instanceof AppError && error.code === "DEADLINE_EXCEEDED";
  return isRetryable(error) && !overran ? maxRetryableTries : maxTries;
}

async function bury(message: Message, tries: number, cause: unknown, options: HandleOptions): Promise<false> {
  await inScope(message, options, (tx) => options.deadLetters.bury(tx, message, tries, cause));
  options.log.error({ err: cause, group: options.group, id: message.id, type: message.type, tries }, "a message was given up");
  return false;
}

async function attempt(message: Message, replayed: boolean, options: HandleOptions): Promise<void> {
  const { inbox, deadLetters, handler, timeoutMs, signal } = options;
  const work = async (tx: Transaction, deadline: AbortSignal) => {
    if (replayed) await deadLetters.forget(tx, message);
    if (await inbox.claim(tx, message)) await handler(tx, message, deadline);
  };
  await timeout((deadline) => inScope(message, options, (tx) => work(tx, deadline), deadline), timeoutMs, { signal });
}

/** The transaction a message is handled in: of its workspace, or of the system where it has none. */
function inScope<T>(
  { workspaceId }: Message,
  { database }: Pick<HandleOptions, "database">,
  work: (tx: Transaction) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const options = signal ? { signal } : {};
  return workspaceId === null ? database.inSystem(work, options) : database.inWorkspace(workspaceId, work, options);
}
