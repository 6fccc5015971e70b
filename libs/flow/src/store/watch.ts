import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { AppError } from "@rivergen/contracts";
import type { Clock } from "@rivergen/pipeline";
import { readBounded } from "../document/bounded-text.ts";
import { formatOf } from "../document/read.ts";
import type { FlowFormat, FlowInput } from "../document/read.ts";
import { tell } from "../signals.ts";
import type { FlowSink } from "../signals.ts";
import { faultsOf } from "../validate/validate.ts";

/** A text that may change. */
export interface WatchSource {
  readonly format: FlowFormat;
  /** Something else after every change; undefined when there is nothing. */
  stamp(): Promise<string | undefined>;
  /** The whole text. */
  read(): Promise<string>;
}

/** A file that ends in .yaml, .yml or .json. @throws FLOW_FORMAT_UNSUPPORTED */
export function fileSource(path: string): WatchSource {
  return {
    format: formatOf(path),
    async stamp() {
      try {
        const { mtimeNs, size, ino } = await stat(path, { bigint: true });
        return `${ino} ${mtimeNs} ${size}`;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
        throw error;
      }
    },
    read: async () => (await readBounded(createReadStream(path))).toString("utf8"),
  };
}

/** The part of an object store that is needed. */
export interface ObjectReader {
  head(key: string): Promise<{ readonly etag: string } | undefined>;
  get(key: string): Promise<{ readonly stream: AsyncIterable<Uint8Array> }>;
}

/** An object whose key ends in .yaml, .yml or .json, or whose format is said. @throws FLOW_FORMAT_UNSUPPORTED */
export function objectSource(store: ObjectReader, key: string, format: FlowFormat = formatOf(key)): WatchSource {
  return {
    format,
    stamp: async () => (await store.head(key))?.etag,
    read: async () => (await readBounded((await store.get(key)).stream)).toString("utf8"),
  };
}

export interface WatchOptions {
  /** How often to look, ms. Default 1,000. */
  readonly everyMs?: number;
}

/** A source that is watched. */
export interface Watch {
  /** Looks now. Resolves to whether there was a change that was taken. */
  check(): Promise<boolean>;
  close(): void;
}

export interface WatchesOptions {
  readonly clock: Clock;
  readonly signals: FlowSink | undefined;
  set(name: string, flow: FlowInput, options: { readonly format: FlowFormat }): unknown;
}

export interface Watches {
  add(name: string, source: WatchSource, options?: WatchOptions): Promise<Watch>;
  close(): void;
}

export function createWatches({ clock, signals, set }: WatchesOptions): Watches {
  const open = new Set<Watch>();

  async function add(name: string, source: WatchSource, { everyMs = 1_000 }: WatchOptions = {}): Promise<Watch> {
    const ended = new AbortController();
    let seen: string | undefined;
    let text: string | undefined;

    /** Takes over what is there, if it is another text than before. @throws FLOW_INVALID */
    async function take(): Promise<boolean> {
      const stamp = await source.stamp();
      if (stamp === undefined) throw new AppError("FLOW_FILE_UNREADABLE", { detail: "There is nothing to watch" });
      if (stamp === seen) return false;
      const found = await source.read();
      seen = stamp;
      if (found === text || ended.signal.aborted) return false;
      text = found;
      set(name, found, { format: source.format });
      return true;
    }

    /** One after the other, or an older text could be taken over after a newer one. */
    let last: Promise<boolean> = Promise.resolve(false);
    const check = (): Promise<boolean> => (last = last.then(checkNow));

    async function checkNow(): Promise<boolean> {
      try {
        return await take();
      } catch (error) {
        const faults = faultsOf(error);
        if (faults.length > 0) tell(signals, "flow.schema.update-failed", () => ({ name, faults }));
        else tell(signals, "flow.watch.failed", () => ({ name, error }));
        return false;
      }
    }

    async function look(): Promise<void> {
      while (!ended.signal.aborted) {
        await clock.sleep(everyMs, ended.signal).catch(() => {});
        if (!ended.signal.aborted) await check();
      }
    }

    try {
      await take();
    } catch (error) {
      if (error instanceof AppError) throw error;
      throw new AppError("FLOW_FILE_UNREADABLE", {}, error);
    }
    const watch: Watch = {
      check,
      close() {
        ended.abort();
        open.delete(watch);
      },
    };
    open.add(watch);
    void look();
    return watch;
  }

  return {
    add,
    close() {
      for (const watch of open) watch.close();
    },
  };
}
