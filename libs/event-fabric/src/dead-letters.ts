import { AppError } from "@rivergen/contracts";
import type { Transaction } from "@rivergen/contracts";
import type { Inbox } from "./inbox.ts";
import { toMessage } from "./message-row.ts";
import type { MessageRow } from "./message-row.ts";
import type { DeadLetter, Message } from "./message.ts";
import { MESSAGE_COLUMNS } from "./tables.ts";

/**
 * What one group gave up; the same on every engine. Whoever changes both a dead letter and its inbox entry does it in
 * this order: otherwise two may wait for each other.
 */
export interface DeadLetters {
  /** Gives the message up, unless it was handled meanwhile. */
  bury(tx: Transaction, message: Message, tries: number, cause: unknown): Promise<void>;
  /** Forgets one that is about to be handled after all. */
  forget(tx: Transaction, message: Message): Promise<void>;
  /** Asks back all or some that are not asked back already; gives how many. */
  request(tx: Transaction, ids: readonly string[] | undefined): Promise<number>;
  /** Those that were asked back. */
  readRequested(tx: Transaction, limit: number): Promise<Message[]>;
  list(tx: Transaction): Promise<DeadLetter[]>;
  /** Deletes what is older than the retention, a bounded number of rows. */
  sweep(tx: Transaction, retentionMs: number): Promise<void>;
}

/** Rows that one sweep deletes at most. */
const SWEEP_ROWS = 20_000;

export function createDeadLetters(schema: string, group: string, inbox: Inbox): DeadLetters {
  const letters = `${schema}.dead_letters`;
  return {
    async bury(tx, message, tries, cause) {
      await tx.rows(`select from ${letters} where group_name = $1 and id = $2 for update`, [group, message.id]);
      if (!(await inbox.claim(tx, message))) return;
      await tx.rows(
        `insert into ${letters} (group_name, ${MESSAGE_COLUMNS}, position, tries, cause) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
         on conflict (group_name, id) do update set tries = excluded.tries, cause = excluded.cause, failed_at = now(), replay_at = null`,
        [group, ...valuesOf(message), message.position, tries, JSON.stringify(describeCause(cause))],
      );
    },
    async forget(tx, { id }) {
      await tx.rows(`delete from ${letters} where group_name = $1 and id = $2`, [group, id]);
    },
    async request(tx, ids) {
      const rows = await tx.rows<{ id: string }>(
        `update ${letters} set replay_at = now() where group_name = $1 and replay_at is null and ($2::text[] is null or id = any ($2)) returning id`,
        [group, ids ?? null],
      );
      await inbox.reopen(
        tx,
        rows.map(({ id }) => id),
      );
      return rows.length;
    },
    async readRequested(tx, limit) {
      const rows = await tx.rows<MessageRow>(
        `select ${MESSAGE_COLUMNS}, position from ${letters} where group_name = $1 and replay_at is not null order by position limit $2`,
        [group, limit],
      );
      return rows.map(toMessage);
    },
    async list(tx) {
      const rows = await tx.rows<MessageRow & { tries: number; cause: DeadLetter["cause"]; failed_at: string }>(
        `select ${MESSAGE_COLUMNS}, position, tries, cause, failed_at from ${letters} where group_name = $1 order by failed_at desc limit 1000`,
        [group],
      );
      return rows.map((row) => ({ group, message: toMessage(row), tries: row.tries, cause: row.cause, failedAt: row.failed_at }));
    },
    async sweep(tx, retentionMs) {
      const old = `select ctid from ${letters} where failed_at < now() - make_interval(secs => $1) limit ${SWEEP_ROWS}`;
      await tx.rows(`delete from ${letters} where ctid = any (array (${old}))`, [retentionMs / 1_000]);
    },
  };
}

/** In the order of the message columns. */
function valuesOf({ id, topic, key, type, source, subject, workspaceId, time, data, traceparent }: Message): unknown[] {
  return [id, topic, key, type, source, subject, workspaceId, time, JSON.stringify(data), traceparent ?? null];
}

const CAUSE_LIMIT = 2_000;

function describeCause(cause: unknown): DeadLetter["cause"] {
  if (!(cause instanceof Error)) return { name: "Error", message: String(cause).slice(0, CAUSE_LIMIT) };
  const code = cause instanceof AppError ? cause.code : (cause as { code?: unknown }).code;
  const message = cause.message.slice(0, CAUSE_LIMIT).replaceAll("\0", "");
  return { name: cause.name, message, ...(typeof code === "string" ? { code } : {}) };
}
