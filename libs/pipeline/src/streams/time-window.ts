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

/**
 * Windows in time. Event-time windows begin at multiples of their step. Windows in time of arrival begin with an item:
 * a tumbling one with the first that none holds, sliding ones every step before and after the first of all.
 */
export function createTimeWindows<T, K>(options: TimeWindowOptions, { key: keyOf, timeOf, onLate }: WindowFunctions<T, K>): Machine<T, Window<T, K>> {
  const { eventTime, capacity } = options;
  if (eventTime && !timeOf) throw new AppError("INVALID_REQUEST", { detail: "Windows in event time need timeOf" });
  const size = options.kind === "session" ? options.gapMs : options.sizeMs;
  const lateness = eventTime?.allowedLatenessMs ?? 0;
  const watermark = createWatermark(eventTime);
  const open = new Map<K, OpenWindow<T, K>[]>();
  let firstAt: number | undefined;
  let number = 0;
  let held = 0;
  /** No later than the next moment at which a window is to be given or forgotten. */
  let earliest = Number.POSITIVE_INFINITY;

  function anchorOf(key: K, time: number): number {
    if (eventTime) return 0;
    if (options.kind === "sliding") return (firstAt ??= time);
    return open.get(key)?.find(({ start, end }) => start <= time && time < end)?.start ?? time;
  }

  /** A session takes in all that it touches. */
  function mergeSessions(windows: OpenWindow<T, K>[], fresh: OpenWindow<T, K>): OpenWindow<T, K> {
    const touched = windows.filter(({ start, end }) => fresh.start < end && start < fresh.end);
    const merged = {
      ...fresh,
      start: Math.min(fresh.start, ...touched.map(({ start }) => start)),
      end: Math.max(fresh.end, ...touched.map(({ end }) => end)),
      items: touched.toSorted((a, b) => a.number - b.number).flatMap(({ items }) => items),
      given: Math.max(0, ...touched.map(({ given }) => given)),
    };
    for (const gone of touched) windows.splice(windows.indexOf(gone), 1);
    return merged;
  }

  function windowAt(key: K, start: number): OpenWindow<T, K> | undefined {
    const windows = open.get(key) ?? [];
    const known = options.kind === "session" ? undefined : windows.find((window) => window.start === start);
    if (known) return known;
    const fresh: OpenWindow<T, K> = { key, start, end: start + size, number: (number += 1), items: [], given: 0, isChanged: false };
    const window = options.kind === "session" ? mergeSessions(windows, fresh) : fresh;
    if (window.end + lateness <= watermark.value()) return undefined;
    windows.push(window);
    open.set(key, windows);
    return window;
  }

  function give(window: OpenWindow<T, K>): Entry<Window<T, K>> {
    const { key, start, end, items } = window;
    const revision = window.given;
    window.given += 1;
    window.isChanged = false;
    for (const { origin } of items) origin.hold();
    return { value: { key, start, end, items: items.map(({ value }) => value), revision }, origin: joinOrigins(items) };
  }

  /** Gives what the watermark has passed, and forgets what no late item can change any more. */
  function advance(): Entry<Window<T, K>>[] {
    const mark = watermark.value();
    if (mark < earliest) return [];
    const due = [...open.values()].flat().filter(({ end, isChanged }) => isChanged && end <= mark);
    const full = due.toSorted(byEnd).map(give);
    earliest = Number.POSITIVE_INFINITY;
    for (const [key, windows] of open) {
      const kept = windows.filter((window) => window.end + lateness > mark);
      for (const gone of windows.filter((window) => window.end + lateness <= mark)) {
        held -= gone.items.length;
        for (const { origin } of gone.items) origin.release();
      }
      for (const { end, isChanged } of kept) earliest = Math.min(earliest, isChanged ? end : end + lateness);
      if (kept.length === 0) open.delete(key);
      else open.set(key, kept);
    }
    return full;
  }

  return {
    add(entry, now) {
      const key = keyOf(entry.value);
      const time = eventTime && timeOf ? timeOf(entry.value) : now;
      const starts = startsOf(options, time, anchorOf(key, time));
      const windows = starts.map((start) => windowAt(key, start)).filter((window) => window !== undefined);
      if (held + windows.length > capacity) throw new AppError("OVERLOADED", { detail: `More than ${capacity} items are held in open windows` });
      held += windows.length;
      for (const window of windows) {
        window.items.push(entry);
        window.isChanged = true;
        earliest = Math.min(earliest, window.end);
      }
      if (windows.length === 0 && starts.length > 0) onLate?.(entry.value);
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
