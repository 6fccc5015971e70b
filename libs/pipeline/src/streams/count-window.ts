import { AppError } from "@rivergen/contracts";
import { joinOrigins } from "./entry.ts";
import type { Entry } from "./entry.ts";
import type { Machine } from "./machine.ts";
import type { Window, WindowFunctions, WindowOptions } from "./window-options.ts";

/** Windows of so many items, each beginning `every` items after the one before. */
export function createCountWindows<T, K>(
  { size, every, capacity }: Extract<WindowOptions, { kind: "count" }>,
  { key: keyOf }: WindowFunctions<T, K>,
): Machine<T, Window<T, K>> {
  const step = every ?? size;
  /** `next`: number of the first item that is held. What lies between two windows is never held. */
  const states = new Map<K, { seen: number; next: number; held: Entry<T>[] }>();
  let heldInAll = 0;

  function give(key: K, state: { next: number; held: Entry<T>[] }): Entry<Window<T, K>> {
    const items = state.held.slice(0, size);
    for (const { origin } of items) origin.hold();
    const value = { key, start: state.next, end: state.next + items.length, items: items.map((entry) => entry.value), revision: 0 };
    return { value, origin: joinOrigins(items) };
  }

  function drop(state: { next: number; held: Entry<T>[] }, count: number): void {
    const gone = state.held.splice(0, count);
    heldInAll -= gone.length;
    for (const { origin } of gone) origin.release();
    state.next += count;
  }

  return {
    add(entry) {
      const key = keyOf(entry.value);
      const state = states.get(key) ?? { seen: 0, next: 0, held: [] };
      states.set(key, state);
      state.seen += 1;
      if (state.seen <= state.next) {
        entry.origin.release();
        return [];
      }
      if (heldInAll >= capacity) throw new AppError("OVERLOADED", { detail: `More than ${capacity} items are held in open windows` });
      heldInAll += 1;
      state.held.push(entry);
      if (state.held.length < size) return [];
      const full = give(key, state);
      drop(state, step);
      return [full];
    },
    elapse: () => [],
    end() {
      const rest = [...states].filter(([, { held }]) => held.length > 0);
      return rest.flatMap(([key, state]) => {
        const last = every === undefined ? [give(key, state)] : [];
        drop(state, state.held.length);
        return last;
      });
    },
  };
}
