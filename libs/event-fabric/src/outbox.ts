import { randomUUID } from "node:crypto";
import type { Transaction } from "@rivergen/contracts";
import type { Outbox, OutboxOptions } from "./fabric.ts";
import { MESSAGE_COLUMNS } from "./tables.ts";

/** The outbox of one schema; `wake` is called after each commit that holds events. */
export function createOutbox({ schema, source }: OutboxOptions, wake: () => void): Outbox {
  // Arrays of text, because a statement may hold any number of events; `data` stays the text that it is.
  const sql = `insert into ${schema}.outbox (${MESSAGE_COLUMNS})
    select id, topic, key, type, $1, subject, workspace_id, time::timestamptz, data::json, traceparent
    from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[]) as e (id, topic, key, type, subject, workspace_id, time, data, traceparent)`;

  return {
    async emit(tx: Transaction, ...events) {
      if (events.length === 0) return [];
      const ids = events.map(({ id }) => id ?? `evt_${randomUUID().replaceAll("-", "")}`);
      const now = new Date();
      const columns = [
        ids,
        events.map(({ topic }) => topic),
        events.map(({ key }) => key),
        events.map(({ type }) => type),
        events.map(({ subject }) => subject),
        events.map(({ workspaceId }) => workspaceId ?? null),
        events.map(({ time }) => (time ?? now).toISOString()),
        events.map(({ data }) => JSON.stringify(data)),
        events.map(({ traceparent }) => traceparent ?? null),
      ];
      await tx.rows(sql, [source, ...columns]);
      tx.afterCommit(wake);
      return ids;
    },
  };
}
