/** What a producer says. Attributes are those of CloudEvents 1.0. */
export interface EventDraft<Data extends object = object> {
  /** `<domain>.<noun>.v<major>` */
  readonly topic: string;
  /** Messages of one key are handled in the order of their transactions: the id of the thing, or of its workspace. */
  readonly key: string;
  /** `noun.past-tense` */
  readonly type: string;
  /** Id of the thing it happened to. */
  readonly subject: string;
  /** Plain JSON. */
  readonly data: Data;
  /** Workspace it belongs to; must be the transaction's. Absent or null: the platform's. */
  readonly workspaceId?: string | null;
  /** Unique; consumers handle an id once. Default: generated, `evt_…`. */
  readonly id?: string;
  /** When it happened. Default: now. */
  readonly time?: Date;
  /** W3C trace context it happened in (the distributed tracing extension of CloudEvents). */
  readonly traceparent?: string;
}

/** What a consumer gets. */
export interface Message<Data = unknown> {
  readonly specversion: "1.0";
  readonly id: string;
  /** Service that said it, `/backend-core`. */
  readonly source: string;
  readonly type: string;
  readonly subject: string;
  /** RFC 3339, UTC. */
  readonly time: string;
  readonly datacontenttype: "application/json";
  readonly data: Data;
  readonly topic: string;
  readonly key: string;
  readonly workspaceId: string | null;
  /** Place in the fabric's log: grows, and never again stands for another message. */
  readonly position: number;
  /** W3C trace context it was sent in; absent where there was none. */
  readonly traceparent?: string;
}

/** A message that was given up, with its cause. */
export interface DeadLetter {
  readonly group: string;
  readonly message: Message;
  readonly tries: number;
  readonly cause: { readonly name: string; readonly code?: string; readonly message: string };
  /** RFC 3339, UTC. */
  readonly failedAt: string;
}
