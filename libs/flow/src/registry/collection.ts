import { AppError } from "@rivergen/contracts";
import type { Described } from "./entries.ts";

/** Things registered under names and versions. */
export interface Collection<Entry extends Described> {
  /** @throws NAME_ALREADY_REGISTERED when name and version are there and `replace` is not said; INVALID_NAME */
  add(entry: Entry, options?: { readonly replace?: boolean }): void;
  /** The newest version of a name, or exactly `name@version`. */
  get(name: string): Entry | undefined;
  has(name: string): boolean;
  /** Names, sorted. */
  list(): readonly string[];
  /** All versions, sorted by name, oldest first. */
  entries(): readonly Entry[];
  /** Takes away all versions of the names, or exactly `name@version`; gives how many of the given names were there. What is built runs on. */
  remove(...names: readonly string[]): number;
}

/** The version an entry has when it does not say. */
export const versionOf = ({ version = "1" }: Described): string => version;

const byVersion = (left: Described, right: Described): number => versionOf(left).localeCompare(versionOf(right), "en", { numeric: true });

export interface CollectionHooks {
  readonly added: (name: string, version: string) => void;
  readonly removed: (name: string) => void;
}

export function createCollection<Entry extends Described>({ added, removed }: CollectionHooks): Collection<Entry> {
  /** Versions of a name, oldest first. */
  const entries = new Map<string, readonly Entry[]>();
  /** All of them in order, until something changes. */
  let sorted: readonly Entry[] | undefined;

  function get(name: string): Entry | undefined {
    const newest = entries.get(name)?.at(-1);
    if (newest) return newest;
    const at = name.lastIndexOf("@");
    return at > 0 ? entries.get(name.slice(0, at))?.find((entry) => versionOf(entry) === name.slice(at + 1)) : undefined;
  }

  function removeOne(name: string): boolean {
    const found = get(name);
    if (!found) return false;
    const rest = name === found.name ? [] : (entries.get(found.name) ?? []).filter((entry) => entry !== found);
    if (rest.length > 0) entries.set(found.name, rest);
    else entries.delete(found.name);
    sorted = undefined;
    removed(name);
    return true;
  }

  return {
    add(entry, { replace = false } = {}) {
      const { name } = entry;
      if (!/^[^\s@]+$/.test(name))
        throw new AppError("INVALID_NAME", { detail: `${JSON.stringify(name)} cannot be registered: a name has no white space and no @` });
      const version = versionOf(entry);
      const others = (entries.get(name) ?? []).filter((other) => versionOf(other) !== version);
      if (!replace && others.length < (entries.get(name)?.length ?? 0)) {
        throw new AppError("NAME_ALREADY_REGISTERED", { detail: `${name}@${version} is registered already; say replace to put another one in its place` });
      }
      entries.set(name, [...others, entry].toSorted(byVersion));
      sorted = undefined;
      added(name, version);
    },
    get,
    has: (name) => get(name) !== undefined,
    list: () => [...entries.keys()].toSorted(),
    entries: () => (sorted ??= [...entries.keys()].toSorted().flatMap((name) => entries.get(name) ?? [])),
    remove: (...names) => names.filter((name) => removeOne(name)).length,
  };
}
