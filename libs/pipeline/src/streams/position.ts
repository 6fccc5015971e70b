import { createOrigin } from "./entry.ts";
import type { Origin } from "./entry.ts";

/** How far a source has been worked through: all up to `after`, and of what follows those numbered in `ahead`, from 0. Plain JSON. */
export interface Position {
  /** The source's own mark; absent: nothing from the beginning on. */
  readonly after?: unknown;
  readonly ahead: readonly number[];
}

/** Positions by the names of the sources. */
export type Positions = Readonly<Record<string, Position>>;

/** Follows which items of a source have been finished with, in whatever order that happens. */
export interface Tracker {
  /** The next item of the source, taken at a time; releasing its origin finishes it. */
  follow(cursor: unknown, at: number): Origin;
  /** The next item was finished with in an earlier life. */
  pass(cursor: unknown): void;
  position(): Position;
}

/** Holds one record per item on its way. */
export function createTracker(from: Position | undefined): Tracker {
  let after = from?.after;
  let open: { readonly cursor: unknown; isDone: boolean }[] = [];
  /** Finished ones at the beginning of `open` that were not cut off yet. */
  let head = 0;

  function settle(): void {
    for (let first = open[head]; first?.isDone; first = open[head]) {
      after = first.cursor;
      head += 1;
    }
    // Cutting off rarely keeps it cheap; cutting off at all keeps it bounded.
    if (head > 1_024 || head === open.length) {
      open = open.slice(head);
      head = 0;
    }
  }

  return {
    follow(cursor, at) {
      const record = { cursor, isDone: false };
      open.push(record);
      return createOrigin(at, () => {
        record.isDone = true;
        if (open[head] === record) settle();
      });
    },
    pass(cursor) {
      open.push({ cursor, isDone: true });
      settle();
    },
    position() {
      const ahead = open.slice(head).flatMap(({ isDone }, index) => (isDone ? [index] : []));
      return { ...(after === undefined ? {} : { after }), ahead };
    },
  };
}
