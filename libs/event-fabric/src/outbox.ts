import { randomUUID } from "node:crypto";
import type { Transaction } from "@rivergen/contracts";
import type { Outbox, OutboxOptions } from "./fabric.ts";
import { MESSAGE_COLUMNS } from "./tables.ts";

/** The outbox of one schema; `wake` is called after each commit that holds events. */
export function createOutbox({ schema, source }: OutboxOptions, wake: () => void): Outbox {
  const sql = `insert into ${schema}.outbox (${MESSAGE_COLUMNS})
    select id, topic, key, type, $2, subject, "workspaceId", time, data from json_to_recordset($1)
      as e(id text, topic text, key text, type text, subject text, "workspaceId" text, time timestamptz, data json)`;

  return {
    async emit(tx: Transaction, ...events) {
      if (events.length === 0) return [];
      const drafts = events.map((event) => ({ ...event, id: event.id ?? `evt_${randomUUID().replaceAll("-", "")}`, time: event.time ?? new Date() }));
      await tx.rows(sql, [JSON.stringify(drafts), source]);
      tx.afterCommit(wake);
      return drafts.map(({ id }) => id);
    },
  };
}
