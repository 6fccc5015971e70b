import { AppError } from "@rivergen/contracts";
import { joinOrigins } from "./entry.ts";
import type { Entry } from "./entry.ts";
import type { Machine } from "./machine.ts";
import type { EventTime, TimeWindowOptions, Window, WindowFunctions } from "./window-options.ts";

interface OpenWindow<T, K> {
  readonly key: K;
  readonly start: number;
  readonly end: number;
  /** In the order in which windows were opened, for those that end together. */
  readonly number: number;
  items: Entry<T>[];
  /** How often it was given. */
  given: number;
  /** Whether it has items that it was not yet given with. */
  isChanged: boolean;
}

/** Where the time of a windowed stream stands: with the clock, or with what the items say of themselves. */
function createWatermark(eventTime: EventTime | undefined) {
  let latest = Number.NEGATIVE_INFINITY;
  let arrivedAt = 0;
  let mark = Number.NEGATIVE_INFINITY;
  const { outOfOrderMs = 0, idleMs } = eventTime ?? {};
  return {
    value: () => mark,
    saw(time: number, now: number) {
      latest = Math.max(latest, time);
      arrivedAt = now;
      mark = Math.max(mark, eventTime ? latest - outOfOrderMs : now);
    },
    pass(now: number) {
      if (!eventTime) mark = Math.max(mark, now);
      else if (idleMs !== undefined && now - arrivedAt >= idleMs) mark = Math.max(mark, latest - outOfOrderMs + (now - arrivedAt - idleMs));
    },
    /** When the clock will have brought it to `time`. */
    reaches(time: number): number | undefined {
      if (!eventTime) return time;
      return idleMs === undefined ? undefined : arrivedAt + idleMs + Math.max(0, time - (latest - outOfOrderMs));
    },
    finish() {
      mark = Number.POSITIVE_INFINITY;
    },
  };
}

/** Starts of the windows that hold a moment, earliest first. */
function startsOf(options: TimeWindowOptions, time: number, anchor: number): number[] {
  if (options.kind === "session") return [time];
  const size = options.sizeMs;
  const step = options.kind === "sliding" ? options.everyMs : size;
  const starts: number[] = [];
  for (let start = anchor + Math.floor((time - anchor) / step) * step; start + size > time; start -= step) starts.unshift(start);
  return starts;
}

const byEnd = <T, K>(a: OpenWindow<T, K>, b: OpenWindow<T, K>) => a.end - b.end || a.start - b.start || a.number - b.number;

/** The window that a session becomes by taking in all that it touches; those are taken out of the list. */
function mergeSessions<T, K>(windows: OpenWindow<T, K>[], fresh: OpenWindow<T, K>): OpenWindow<T, K> {
  const touched = windows.filter(({ start, end }) => fresh.start < end && start < fresh.end);
  for (const gone of touched) windows.splice(windows.indexOf(gone), 1);
  return {
    ...fresh,
    start: Math.min(fresh.start, ...touched.map(({ start }) => start)),
    end: Math.max(fresh.end, ...touched.map(({ end }) => end)),
    items: touched.toSorted((a, b) => a.number - b.number).flatMap(({ items }) => items),
    given: Math.max(0, ...touched.map(({ given }) => given)),
  };
}

/** The open windows of every key. */
function createWindowStore<T, K>(options: TimeWindowOptions) {
  const size = options.kind === "session" ? options.gapMs : options.sizeMs;
  const lateness = options.eventTime?.allowedLatenessMs ?? 0;
  const open = new Map<K, OpenWindow<T, K>[]>();
  let firstAt: number | undefined;
  let number = 0;

  function anchorOf(key: K, time: number): number {
    if (options.eventTime) return 0;
    if (options.kind === "sliding") return (firstAt ??= time);
    return open.get(key)?.find(({ start, end }) => start <= time && time < end)?.start ?? time;
  }

  function windowAt(key: K, start: number, mark: number): OpenWindow<T, K> | undefined {
    const windows = open.get(key) ?? [];
    const known = options.kind === "session" ? undefined : windows.find((window) => window.start === start);
    if (known) return known;
    const fresh: OpenWindow<T, K> = { key, start, end: start + size, number: (number += 1), items: [], given: 0, isChanged: false };
    const window = options.kind === "session" ? mergeSessions(windows, fresh) : fresh;
    if (window.end + lateness <= mark) return undefined;
    windows.push(window);
    open.set(key, windows);
    return window;
  }

  return {
    /** The windows that take an item, and whether there should have been some. */
    take(key: K, time: number, mark: number): { readonly windows: OpenWindow<T, K>[]; readonly isLate: boolean } {
      const starts = startsOf(options, time, anchorOf(key, time));
      const windows = starts.map((start) => windowAt(key, start, mark)).filter((window) => window !== undefined);
      return { windows, isLate: windows.length === 0 && starts.length > 0 };
    },
    due: (mark: number): OpenWindow<T, K>[] =>
      [...open.values()]
        .flat()
        .filter(({ end, isChanged }) => isChanged && end <= mark)
        .toSorted(byEnd),
    /** Forgets windows that no late item can change any more. Gives them, and when the next one is due. */
    forget(mark: number): { readonly gone: OpenWindow<T, K>[]; readonly earliest: number } {
      const gone: OpenWindow<T, K>[] = [];
      let earliest = Number.POSITIVE_INFINITY;
      for (const [key, windows] of open) {
        const kept = windows.filter((window) => window.end + lateness > mark);
        gone.push(...windows.filter((window) => window.end + lateness <= mark));
        for (const { end, isChanged } of kept) earliest = Math.min(earliest, isChanged ? end : end + lateness);
        if (kept.length === 0) open.delete(key);
        else open.set(key, kept);
      }
      return { gone, earliest };
    },
  };
}

/** A window as it is now, and once more given. */
function give<T, K>(window: OpenWindow<T, K>): Entry<Window<T, K>> {
  const { key, start, end, items, given: revision } = window;
  window.given += 1;
  window.isChanged = false;
  for (const { origin } of items) origin.hold();
  return { value: { key, start, end, items: items.map(({ value }) => value), revision }, origin: joinOrigins(items) };
}

/**
 * Windows in time. Event-time windows begin at multiples of their step. Windows in time of arrival begin with an item:
 * a tumbling one with the first that none holds, sliding ones every step before and after the first of all.
 */
export function createTimeWindows<T, K>(options: TimeWindowOptions, { key: keyOf, timeOf, onLate }: WindowFunctions<T, K>): Machine<T, Window<T, K>> {
  const { eventTime, capacity } = options;
  if (options.kind === "sliding" && options.sizeMs / options.everyMs > capacity)
    throw new AppError("INVALID_REQUEST", { detail: `window: one item would stand in more than the ${capacity} places that all open windows have` });
  const watermark = createWatermark(eventTime);
  const store = createWindowStore<T, K>(options);
  let held = 0;
  /** No later than the next moment at which a window is to be given or forgotten. */
  let earliest = Number.POSITIVE_INFINITY;

  /** Gives what the watermark has passed. */
  function advance(): Entry<Window<T, K>>[] {
    const mark = watermark.value();
    if (mark < earliest) return [];
    const full = store.due(mark).map(give);
    const forgotten = store.forget(mark);
    earliest = forgotten.earliest;
    for (const { items } of forgotten.gone) {
      held -= items.length;
      for (const { origin } of items) origin.release();
    }
    return full;
  }

  return {
    add(entry, now) {
      const time = eventTime && timeOf ? timeOf(entry.value) : now;
      // It would stop the watermark for good, and with it every window.
      if (!Number.isFinite(time)) throw new AppError("INVALID_REQUEST", { detail: "window: timeOf gave no number of milliseconds for an item" });
      const { windows, isLate } = store.take(keyOf(entry.value), time, watermark.value());
      if (held + windows.length > capacity) throw new AppError("OVERLOADED", { detail: `More than ${capacity} items are held in open windows` });
      held += windows.length;
      for (const window of windows) {
        window.items.push(entry);
        window.isChanged = true;
        earliest = Math.min(earliest, window.end);
      }
      if (isLate) onLate?.(entry.value);
      entry.origin.hold(windows.length);
      entry.origin.release();
      watermark.saw(time, now);
      return advance();
    },
    elapse(now) {
      watermark.pass(now);
      return advance();
    },
    deadline: () => (earliest === Number.POSITIVE_INFINITY ? undefined : watermark.reaches(earliest)),
    end() {
      watermark.finish();
      earliest = Number.NEGATIVE_INFINITY;
      return advance();
    },
  };
}
