import { AppError } from "@rivergen/contracts";
import type { Transaction } from "@rivergen/contracts";
import { toMessage } from "../message-row.ts";
import type { MessageRow } from "../message-row.ts";
import type { Message } from "../message.ts";
import { MESSAGE_COLUMNS } from "../tables.ts";

/** Channel on which every append is announced; the payload is an `Appended` as JSON, or nothing when that is long. */
export const APPEND_CHANNEL = "rivergen_fabric";

/** News of the log: these topics have messages up to this position. */
export interface Appended {
  readonly topics: readonly string[];
  readonly upTo: number;
}

/** Whether someone who has read these topics up to `position` should look; undefined stands for news of any kind. */
export function concerns(news: Appended | undefined, topics: readonly string[], position: number): boolean {
  return news === undefined || (news.upTo > position && news.topics.some((topic) => topics.includes(topic)));
}

/** Messages that one append moves at most. */
const APPEND_LIMIT = 1_000;

/** Moves the oldest events of an outbox to the end of the log. Gives undefined when there were none; `full`: there may be more. */
export async function append(tx: Transaction, schema: string): Promise<(Appended & { full: boolean }) | undefined> {
  // The row is locked before the next statement takes its snapshot: appends follow one another completely.
  const [log] = await tx.rows<{ last_position: number }>("select last_position from fabric.log for update");
  const [moved] = await tx.rows<{ count: number; topics: string[] | null }>(
    `with moved as (delete from ${schema}.outbox where seq in (select seq from ${schema}.outbox order by seq limit ${APPEND_LIMIT}) returning *),
       appended as (
         insert into fabric.messages (position, ${MESSAGE_COLUMNS})
         select $1::bigint + row_number() over (order by seq), ${MESSAGE_COLUMNS} from moved returning topic),
       counted as (update fabric.log set last_position = last_position + (select count(*) from appended) where exists (select from appended))
     select count(*)::int as count, array_agg(distinct topic) as topics from appended`,
    [log?.last_position],
  );
  if (!moved?.topics) return undefined;
  const news: Appended = { topics: moved.topics, upTo: (log?.last_position ?? 0) + moved.count };
  const payload = JSON.stringify(news);
  await announce(tx, payload.length < 4_000 ? payload : "");
  return { ...news, full: moved.count === APPEND_LIMIT };
}

/** Wakes everyone who listens, once the transaction has committed; without a payload, all of them. */
export async function announce(tx: Transaction, payload = ""): Promise<void> {
  await tx.rows("select pg_notify($1, $2)", [APPEND_CHANNEL, payload]);
}

export async function hasUnsent(tx: Transaction, schema: string): Promise<boolean> {
  const [row] = await tx.rows<{ unsent: boolean }>(`select exists (select from ${schema}.outbox) as unsent`);
  return row?.unsent === true;
}

export async function readLastPosition(tx: Transaction): Promise<number> {
  const [row] = await tx.rows<{ last_position: number }>("select last_position from fabric.log");
  return row?.last_position ?? 0;
}

/** The position after which everything that is kept lies. */
async function readStart(tx: Transaction, last: number): Promise<number> {
  const [row] = await tx.rows<{ first: number | null }>("select min(position) as first from fabric.messages");
  return (row?.first ?? last + 1) - 1;
}

/** The position to read after. @throws INPUT_GONE for one after which messages were deleted, or that never was */
export async function findStart(tx: Transaction, from: "now" | "earliest" | number): Promise<number> {
  const last = await readLastPosition(tx);
  if (from === "now") return last;
  const start = await readStart(tx, last);
  if (from === "earliest") return start;
  if (from >= start && from <= last) return from;
  throw new AppError("INPUT_GONE", { detail: `Messages after position ${from} are not kept any more: the log holds those from ${start + 1} to ${last}.` });
}

/** Messages after a position, and how far the log has been looked through for them. */
export interface Slice {
  readonly messages: readonly Message[];
  readonly upTo: number;
}

export async function read(tx: Transaction, topics: readonly string[], after: number, limit: number): Promise<Slice> {
  // One statement, one snapshot: every message up to the last position that it sees, it sees too.
  const rows = await tx.rows<MessageRow & { last_position: number }>(
    `select log.last_position, m.* from fabric.log left join lateral (
       select ${MESSAGE_COLUMNS}, position from fabric.messages where position > $1 and topic = any ($2) order by position limit $3) m on log.last_position > $1
     order by m.position`,
    [after, topics, limit],
  );
  const messages = rows.filter((row) => row.position !== null).map(toMessage);
  const last = Math.max(after, rows[0]?.last_position ?? 0);
  return { messages, upTo: messages.length < limit ? last : (messages.at(-1)?.position ?? last) };
}

/** Deletes old messages that every living group has passed; a group without a process for the whole retention is dead. */
export async function sweepLog(tx: Transaction, retentionMs: number): Promise<void> {
  await tx.rows(
    `delete from fabric.messages where position in (
       select position from fabric.messages
       where appended_at < now() - make_interval(secs => $1)
         and position <= coalesce((select min(position) from fabric.groups where lease_until > now() - make_interval(secs => $1)), 9223372036854775807)
       order by position limit 20000)`,
    [retentionMs / 1_000],
  );
}
