/** What is known of a message besides its value. Frozen. */
export interface MessageMetadata {
  /** Unique. */
  readonly id: string;
  /** When it was made, RFC 3339, UTC. */
  readonly time: string;
  readonly source?: string;
  /** What it belongs to: the same in all messages of one piece of work. */
  readonly correlationId?: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A value with where it comes from, for streams between systems. */
export interface Message<T> {
  readonly value: T;
  readonly metadata: MessageMetadata;
}

/** Makes a message; id and time are its own unless they are given. */
export function createMessage<T>(value: T, given: Partial<MessageMetadata> = {}, now: () => Date = () => new Date()): Message<T> {
  const headers = Object.freeze({ ...given.headers });
  return Object.freeze({ value, metadata: Object.freeze({ id: crypto.randomUUID(), time: now().toISOString(), ...given, headers }) });
}
