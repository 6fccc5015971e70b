import { AppError } from "@rivergen/contracts";
import type { Transaction } from "@rivergen/contracts";
import type { DeadLetter, Message } from "./message.ts";
import { MESSAGE_COLUMNS } from "./tables.ts";

/** One group's memory of what it handled, what failed and what was given up; the same on every engine. */
export interface Ledger {
  /** Notes the message as handled in this transaction; false when it was handled before. Waits for another one that is at it. */
  claim(tx: Transaction, message: Message): Promise<boolean>;
  /** Adds a try that failed or is about to begin; gives the tries so far, or undefined when it was handled meanwhile. */
  countTry(tx: Transaction, message: Message): Promise<number | undefined>;
  /** Gives the message up. */
  bury(tx: Transaction, message: Message, tries: number, cause: unknown): Promise<void>;
  /** Dead letters that were asked back. */
  readReplays(tx: Transaction, limit: number): Promise<Message[]>;
  /** Forgets a dead letter: it was handled at last. */
  forget(tx: Transaction, message: Message): Promise<void>;
  requestReplays(tx: Transaction, ids: readonly string[] | undefined): Promise<number>;
  list(tx: Transaction): Promise<DeadLetter[]>;
  /** Deletes what is older than the retention, a bounded number of rows. */
  sweep(tx: Transaction, retentionMs: number): Promise<void>;
}

/** Rows that one sweep deletes at most, per table. */
const SWEEP_ROWS = 20_000;

export function createLedger(schema: string, group: string): Ledger {
  const inbox = `${schema}.inbox`;
  const letters = `${schema}.dead_letters`;
  return {
    async claim(tx, { id }) {
      const rows = await tx.rows(
        `insert into ${inbox} as i (group_name, message_id, handled_at) values ($1, $2, now())
         on conflict (group_name, message_id) do update set handled_at = now(), touched_at = now() where i.handled_at is null returning 1`,
        [group, id],
      );
      return rows.length > 0;
    },
    async countTry(tx, { id }) {
      const [row] = await tx.rows<{ tries: number }>(
        `insert into ${inbox} as i (group_name, message_id, tries) values ($1, $2, 1)
         on conflict (group_name, message_id) do update set tries = i.tries + 1, touched_at = now() where i.handled_at is null returning tries`,
        [group, id],
      );
      return row?.tries;
    },
    async bury(tx, message, tries, cause) {
      const { id, topic, key, type, source, subject, workspaceId, time, data, position } = message;
      await tx.rows(
        `insert into ${letters} (group_name, ${MESSAGE_COLUMNS}, position, tries, cause) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
         on conflict (group_name, id) do update set tries = excluded.tries, cause = excluded.cause, failed_at = now(), replay_at = null`,
        [group, id, topic, key, type, source, subject, workspaceId, time, JSON.stringify(data), position, tries, JSON.stringify(describeCause(cause))],
      );
    },
    async readReplays(tx, limit) {
      const rows = await tx.rows<MessageRow>(
        `select ${MESSAGE_COLUMNS}, position from ${letters} where group_name = $1 and replay_at is not null order by position limit $2`,
        [group, limit],
      );
      return rows.map(toMessage);
    },
    async forget(tx, { id }) {
      await tx.rows(`delete from ${letters} where group_name = $1 and id = $2`, [group, id]);
    },
    async requestReplays(tx, ids) {
      const rows = await tx.rows(
        `with asked as (update ${letters} set replay_at = now() where group_name = $1 and ($2::text[] is null or id = any ($2)) returning id),
           reopened as (update ${inbox} i set handled_at = null, tries = 0, touched_at = now() from asked where i.group_name = $1 and i.message_id = asked.id)
         select id from asked`,
        [group, ids ?? null],
      );
      return rows.length;
    },
    async list(tx) {
      const rows = await tx.rows<MessageRow & { tries: number; cause: DeadLetter["cause"]; failed_at: string }>(
        `select ${MESSAGE_COLUMNS}, position, tries, cause, failed_at from ${letters} where group_name = $1 order by failed_at desc limit 1000`,
        [group],
      );
      return rows.map((row) => ({ group, message: toMessage(row), tries: row.tries, cause: row.cause, failedAt: row.failed_at }));
    },
    async sweep(tx, retentionMs) {
      const seconds = retentionMs / 1_000;
      await tx.rows(
        `delete from ${inbox} where ctid = any (array (select ctid from ${inbox} where touched_at < now() - make_interval(secs => $1) limit ${SWEEP_ROWS}))`,
        [seconds],
      );
      await tx.rows(
        `delete from ${letters} where ctid = any (array (select ctid from ${letters} where failed_at < now() - make_interval(secs => $1) limit ${SWEEP_ROWS}))`,
        [seconds],
      );
    },
  };
}

/** A row of the message columns. */
export interface MessageRow {
  readonly id: string;
  readonly topic: string;
  readonly key: string;
  readonly type: string;
  readonly source: string;
  readonly subject: string;
  readonly workspace_id: string | null;
  readonly time: string;
  readonly data: unknown;
  readonly position: number;
}

export function toMessage(row: MessageRow): Message {
  const { id, topic, key, type, source, subject, workspace_id: workspaceId, time, data, position } = row;
  return { specversion: "1.0", id, source, type, subject, time, datacontenttype: "application/json", data, topic, key, workspaceId, position };
}

const CAUSE_LIMIT = 2_000;

function describeCause(cause: unknown): DeadLetter["cause"] {
  if (!(cause instanceof Error)) return { name: "Error", message: String(cause).slice(0, CAUSE_LIMIT) };
  const code = cause instanceof AppError ? cause.code : (cause as { code?: unknown }).code;
  const message = cause.message.slice(0, CAUSE_LIMIT).replaceAll("\0", "");
  return { name: cause.name, message, ...(typeof code === "string" ? { code } : {}) };
}
