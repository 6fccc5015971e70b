import type { Message } from "./message.ts";

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
  readonly traceparent: string | null;
  readonly position: number;
}

export function toMessage(row: MessageRow): Message {
  const { id, topic, key, type, source, subject, workspace_id: workspaceId, time, data, traceparent, position } = row;
  const message: Message = {
    specversion: "1.0",
    id,
    source,
    type,
    subject,
    time,
    datacontenttype: "application/json",
    data,
    topic,
    key,
    workspaceId,
    position,
  };
  return traceparent === null ? message : { ...message, traceparent };
}
