import { createId, type Event, type EventType, type Transaction } from "@rivergen/contracts";

/** Something that happened, before it has its number. */
export interface Happening {
  readonly type: EventType;
  /** Id of the thing it happened to. */
  readonly subject: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** Narrower channels it belongs to: `run:<id>`, `dataset:<id>`. */
  readonly channels: readonly string[];
}

/** What realtime receives of each entry. */
export interface LoggedEvent {
  readonly event: Event;
  readonly channels: readonly string[];
  readonly prevSeqs: readonly (number | null)[];
}

interface Dependencies {
  /** Writes to the outbox inside the transaction: sent once it has committed. */
  readonly announce: (tx: Transaction, workspaceId: string, logged: LoggedEvent) => Promise<void>;
}

export type EventLog = ReturnType<typeof createEventLog>;

/**
 * The durable log of a workspace. Numbers come from a counter row that the transaction locks, so they have no gaps and
 * become visible in order. Append last in a transaction: the counter row is the busiest one of the workspace.
 */
export function createEventLog({ announce }: Dependencies) {
  async function append(tx: Transaction, workspaceId: string, happening: Happening): Promise<number> {
    const [counter] = await tx.rows<{ seq: number }>(
      `insert into backend_core.event_counters (workspace_id, last_seq) values ($1, 1)
       on conflict (workspace_id) do update set last_seq = event_counters.last_seq + 1 returning last_seq as seq`,
      [workspaceId],
    );
    const seq = counter?.seq ?? 0;
    const event: Event = {
      seq,
      id: createId("event"),
      type: happening.type,
      source: `/workspaces/${workspaceId}`,
      subject: happening.subject,
      time: new Date().toISOString(),
      data: happening.data,
    };
    const prevSeqs = await moveChannels(tx, workspaceId, happening.channels, seq);
    await tx.rows(
      `insert into backend_core.events (workspace_id, seq, id, type, source, subject, channels, prev_seqs, time, data) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [workspaceId, seq, event.id, event.type, event.source, event.subject, happening.channels, prevSeqs, event.time, JSON.stringify(event.data)],
    );
    await announce(tx, workspaceId, { event, channels: happening.channels, prevSeqs });
    return seq;
  }

  return { append };
}

/** Puts the channels' ends forward; gives where each stood. The counter's lock makes this safe. */
async function moveChannels(tx: Transaction, workspaceId: string, channels: readonly string[], seq: number): Promise<(number | null)[]> {
  if (channels.length === 0) return [];
  const before = await tx.rows<{ channel: string; seq: number }>(
    `select channel, last_seq as seq from backend_core.event_channels where workspace_id = $1 and channel = any ($2)`,
    [workspaceId, channels],
  );
  await tx.rows(
    `insert into backend_core.event_channels (workspace_id, channel, last_seq) select $1, unnest($2::text[]), $3
     on conflict (workspace_id, channel) do update set last_seq = excluded.last_seq`,
    [workspaceId, channels, seq],
  );
  return channels.map((channel) => before.find((row) => row.channel === channel)?.seq ?? null);
}

interface EventRow extends Omit<Event, "prevSeq"> {
  channels: string[];
  prevSeqs: (number | null)[];
}

/** Reads entries in order; on narrower channels each says which entry stood before it there. */
export async function readEvents(
  tx: Transaction,
  workspaceId: string,
  { after, upTo, channels, limit }: { after: number; upTo?: number | undefined; channels: readonly string[] | null; limit: number },
): Promise<{ items: Event[]; lastSeq: number }> {
  const narrow = channels === null || channels.includes("workspace") ? null : channels;
  const rows = await tx.rows<EventRow>(
    `select seq, id, type, source, subject, time, data, channels, prev_seqs as "prevSeqs" from backend_core.events
     where workspace_id = $1 and seq > $2 and ($3::bigint is null or seq <= $3) and ($4::text[] is null or channels && $4) order by seq limit $5`,
    [workspaceId, after, upTo ?? null, narrow, limit],
  );
  const [counter] = await tx.rows<{ seq: number }>(`select last_seq as seq from backend_core.event_counters where workspace_id = $1`, [workspaceId]);
  return { items: rows.map((row) => toEvent(row, narrow)), lastSeq: counter?.seq ?? 0 };
}

function toEvent({ channels, prevSeqs, ...event }: EventRow, narrow: readonly string[] | null): Event {
  if (!narrow) return event;
  // Of several subscribed channels the nearest entry before it is the one a reader saw last.
  const before = channels.flatMap((channel, i) => (narrow.includes(channel) && prevSeqs[i] != null ? [prevSeqs[i] as number] : []));
  return { ...event, prevSeq: before.length > 0 ? Math.max(...before) : null };
}
