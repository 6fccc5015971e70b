import type { Transaction } from "@rivergen/contracts";
import type { Message } from "./message.ts";

/** One group's memory of what it handled and what failed; the same on every engine. */
export interface Inbox {
  /** Notes the message as handled in this transaction; false when it was handled before. Waits for another one that is at it. */
  claim(tx: Transaction, message: Message): Promise<boolean>;
  /** Adds a try that failed or is about to begin; gives the tries so far, or undefined when it was handled meanwhile. */
  countTry(tx: Transaction, message: Message): Promise<number | undefined>;
  /** Handles these messages anew when they come again. */
  reopen(tx: Transaction, ids: readonly string[]): Promise<void>;
  /** Deletes what is older than the retention, a bounded number of rows. */
  sweep(tx: Transaction, retentionMs: number): Promise<void>;
}

/** Rows that one sweep deletes at most. */
const SWEEP_ROWS = 20_000;

export function createInbox(schema: string, group: string): Inbox {
  const inbox = `${schema}.inbox`;
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
    async reopen(tx, ids) {
      await tx.rows(`update ${inbox} set handled_at = null, tries = 0, touched_at = now() where group_name = $1 and message_id = any ($2)`, [group, ids]);
    },
    async sweep(tx, retentionMs) {
      const old = `select ctid from ${inbox} where touched_at < now() - make_interval(secs => $1) limit ${SWEEP_ROWS}`;
      await tx.rows(`delete from ${inbox} where ctid = any (array (${old}))`, [retentionMs / 1_000]);
    },
  };
}
