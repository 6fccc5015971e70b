import { systemClock } from "./clock.ts";
import type { Clock } from "./clock.ts";
import { createListener } from "./signal-listener.ts";
import type { Listener, ListenerOptions, ListenerStats } from "./signal-listener.ts";

/** One observable act. */
export interface SignalEvent<Catalog, Signal extends keyof Catalog = keyof Catalog> {
  readonly signal: Signal;
  readonly data: Catalog[Signal];
  /** When, on the clock of the hub, ms. */
  readonly at: number;
  /** The run that did it, where there was one. */
  readonly executionId: string | undefined;
}

/** A `SignalEvent` of some signal of the catalogue: the data fits the signal. */
export type AnySignalEvent<Catalog> = { [Signal in keyof Catalog]: SignalEvent<Catalog, Signal> }[keyof Catalog];

/** Who did it and for how long it may wait to tell. */
export interface EmitOrigin {
  readonly executionId: string;
  readonly signal: AbortSignal | undefined;
}

/** The part of a hub that tells. */
export interface SignalSink<Catalog> {
  /** Whether anybody listens; who asks first makes no data for nobody. */
  has(signal: keyof Catalog): boolean;
  /** Tells every listener. A promise when a listener with the policy `block` has no room: whoever emits waits for it, at most until its run is aborted. */
  emit<Signal extends keyof Catalog>(signal: Signal, data: Catalog[Signal], origin?: EmitOrigin): Promise<void> | undefined;
}

export interface SignalStats<Catalog> {
  /** Since the hub was made, by signal; signals that nobody listened to are not counted. */
  readonly emitted: Readonly<Partial<Record<keyof Catalog, number>>>;
  readonly listeners: readonly ListenerStats[];
}

export interface Subscription {
  /** Nothing more is delivered, queued events included. */
  close(): void;
  readonly stats: ListenerStats;
}

/** Where processors tell and others listen. Listeners run later and one event after the other; each has its own bounded queue. */
export interface Signals<Catalog> extends SignalSink<Catalog> {
  /** Listens to one signal. */
  on<Signal extends keyof Catalog>(signal: Signal, listener: (event: SignalEvent<Catalog, Signal>) => unknown, options?: ListenerOptions): Subscription;
  /** Listens to all signals, or to those named. Order is kept over all of them. */
  observe(listener: (event: AnySignalEvent<Catalog>) => unknown, options?: ListenerOptions & { readonly only?: readonly (keyof Catalog)[] }): Subscription;
  /** Is told inside the act itself, before it goes on; for bridges, which must be quick. Gives what ends it. */
  tap(listener: (event: AnySignalEvent<Catalog>) => void): () => void;
  /** Resolves when everything told so far was delivered. */
  flush(): Promise<void>;
  /** Takes nothing more, delivers what is queued, then lets all listeners go. */
  shutdown(): Promise<void>;
  stats(): SignalStats<Catalog>;
}

export interface SignalsOptions {
  readonly clock?: Clock;
  /** Told of what a listener threw. Default: counted only. */
  readonly onListenerError?: (error: unknown, event: SignalEvent<Record<PropertyKey, unknown>>) => void;
}

/** A hub for the signals of a catalogue (`PipelineSignals`, alone or joined with others by `&`). */
export function createSignals<Catalog>({ clock = systemClock, onListenerError }: SignalsOptions = {}): Signals<Catalog> {
  type Event = AnySignalEvent<Catalog>;
  const audience = createAudience<keyof Catalog, Event>();
  const taps = new Set<(event: Event) => void>();
  const emitted = new Map<keyof Catalog, number>();
  const report = (error: unknown, event: unknown) => onListenerError?.(error, event as SignalEvent<Record<PropertyKey, unknown>>);
  let isOpen = true;

  const has = (signal: keyof Catalog): boolean => isOpen && (taps.size > 0 || audience.has(signal));

  function subscribe(listener: (event: Event) => unknown, options?: ListenerOptions, signals?: readonly (keyof Catalog)[]): Subscription {
    const made = createListener(listener, report, options);
    const leave = audience.add(made, signals);
    return {
      close: () => (leave(), made.close()),
      get stats() {
        return made.stats();
      },
    };
  }

  function tellTaps(event: Event): void {
    for (const tap of taps) {
      try {
        tap(event);
      } catch (error) {
        report(error, event);
      }
    }
  }

  return {
    has,
    emit(signal, data, origin) {
      if (!has(signal)) return undefined;
      const event = { signal, data, at: clock.now(), executionId: origin?.executionId } as Event;
      emitted.set(signal, (emitted.get(signal) ?? 0) + 1);
      tellTaps(event);
      const full = audience.of(signal).flatMap((listener) => listener.take(event, origin?.signal) ?? []);
      return full.length > 0 ? Promise.all(full).then(() => {}) : undefined;
    },
    on: (signal, listener, options) => subscribe(listener as (event: Event) => unknown, options, [signal]),
    observe: (listener, options) => subscribe(listener, options, options?.only),
    tap(listener) {
      taps.add(listener);
      return () => void taps.delete(listener);
    },
    async flush() {
      await Promise.all(audience.all().map((listener) => listener.idle()));
    },
    async shutdown() {
      isOpen = false;
      await this.flush();
      audience.clear();
      taps.clear();
    },
    stats: () => ({
      emitted: Object.fromEntries(emitted) as Partial<Record<keyof Catalog, number>>,
      listeners: audience.all().map((listener) => listener.stats()),
    }),
  };
}

interface Audience<Signal, Event> {
  has(signal: Signal): boolean;
  /** Who listens to a signal; who listens to all comes first. */
  of(signal: Signal): readonly Listener<Event>[];
  all(): readonly Listener<Event>[];
  /** Takes in a listener to some signals, or to all. Gives what takes it out. */
  add(listener: Listener<Event>, signals: readonly Signal[] | undefined): () => void;
  clear(): void;
}

function createAudience<Signal, Event>(): Audience<Signal, Event> {
  const observers = new Set<Listener<Event>>();
  const bySignal = new Map<Signal, Set<Listener<Event>>>();

  function homeOf(signal: Signal): Set<Listener<Event>> {
    const home = bySignal.get(signal) ?? new Set<Listener<Event>>();
    bySignal.set(signal, home);
    return home;
  }

  return {
    has: (signal) => observers.size > 0 || (bySignal.get(signal)?.size ?? 0) > 0,
    of: (signal) => [...observers, ...(bySignal.get(signal) ?? [])],
    all: () => [...new Set([observers, ...bySignal.values()].flatMap((home) => [...home]))],
    add(listener, signals) {
      const homes = signals ? signals.map(homeOf) : [observers];
      for (const home of homes) home.add(listener);
      return () => homes.forEach((home) => home.delete(listener));
    },
    clear() {
      observers.clear();
      bySignal.clear();
    },
  };
}
