import type { Clock } from "../clock.ts";
import { createAlarm, createBell } from "./bell.ts";
import { leave } from "./entry.ts";
import type { Entries, Entry } from "./entry.ts";

/** A stage that gathers items: what it gives depends on the items and on the time, never on who drives it. */
export interface Machine<In, Out> {
  /** An item arrived; `now` says something only to machines with a deadline. */
  add(entry: Entry<In>, now: number): Entry<Out>[];
  /** Time has passed: gives what is due. */
  elapse(now: number): Entry<Out>[];
  /** When something will be due if no item arrives. Absent: never, whatever arrives. */
  readonly deadline?: () => number | undefined;
  /** No item will come any more: gives the rest. */
  end(now: number): Entry<Out>[];
}

/** Feeds a machine from a stream and from the clock: what is due is given without waiting for the next item. */
export function drive<In, Out>(source: Entries<In>, machine: Machine<In, Out>, clock: Clock): Entries<Out> {
  const { deadline } = machine;
  return deadline ? driveTimed(source, { ...machine, deadline }, clock) : driveByItems(source, machine);
}

// Lists are given item by item: `yield*` would wait once more for each of them, and for the end even of an empty one.

async function* driveByItems<In, Out>(source: Entries<In>, machine: Machine<In, Out>): Entries<Out> {
  for await (const entry of source) {
    for (const due of machine.add(entry, 0)) yield due;
  }
  for (const rest of machine.end(0)) yield rest;
}

async function* driveTimed<In, Out>(source: Entries<In>, machine: Required<Machine<In, Out>>, clock: Clock): Entries<Out> {
  const bell = createBell();
  const alarm = createAlarm(clock, bell.ring);
  const iterator = source[Symbol.asyncIterator]();
  let isAsked = false;
  let news: { readonly result: IteratorResult<Entry<In>>; readonly at: number } | { readonly error: unknown; readonly at: number } | undefined;
  const ask = () => {
    isAsked = true;
    iterator.next().then(
      (result) => {
        news = { result, at: clock.now() };
        bell.ring();
      },
      (error: unknown) => {
        news = { error, at: clock.now() };
        bell.ring();
      },
    );
  };
  try {
    for (;;) {
      if (!isAsked) ask();
      alarm.set(machine.deadline());
      await bell.wait();
      const taken = news;
      // What was due before the item arrived goes before it, however late this loop gets to it.
      for (const due of machine.elapse(taken ? taken.at : clock.now())) yield due;
      if (!taken) continue;
      news = undefined;
      isAsked = false;
      if ("error" in taken) throw taken.error;
      if (taken.result.done === true) break;
      for (const due of machine.add(taken.result.value, taken.at)) yield due;
    }
    for (const rest of machine.end(clock.now())) yield rest;
  } finally {
    alarm.stop();
    await leave(iterator, isAsked && news === undefined);
  }
}
