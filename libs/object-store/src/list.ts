import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { isAbsent } from "./errors.ts";
import { requireKey, requirePrefix } from "./key.ts";
import type { ObjectFacts, ObjectPage } from "./object-store.ts";

type ReadFacts = (path: string, key: string) => Promise<ObjectFacts | undefined>;

const MOST_ITEMS = 1_000;

/** Walks the folders in the order of keys and skips every folder that can hold none of the page. */
export async function listFolder(
  root: string,
  prefix: string,
  { cursor, limit = MOST_ITEMS }: { readonly cursor?: string | null; readonly limit?: number },
  readFacts: ReadFacts,
): Promise<ObjectPage> {
  requirePrefix(prefix);
  const after = cursor == null ? "" : requireKey(cursor);
  const most = Math.min(Math.max(1, limit), MOST_ITEMS);
  const items: ObjectFacts[] = [];
  for await (const key of walk(root, "", prefix, after)) {
    const facts = await readFacts(join(root, key), key);
    if (!facts) continue; // deleted meanwhile
    if (items.length === most) return { items, nextCursor: items.at(-1)?.key ?? null };
    items.push(facts);
  }
  return { items, nextCursor: null };
}

async function* walk(root: string, folder: string, prefix: string, after: string): AsyncGenerator<string> {
  const found = await readdir(join(root, folder), { withFileTypes: true }).catch((error: unknown) => {
    if (isAbsent(error)) return [];
    throw error;
  });
  // A folder's keys sort by its name with the slash: `a-1` comes before `a/1`, though `a` comes before `a-1`.
  const names = found
    .filter((entry) => !entry.name.startsWith("."))
    .map((entry) => folder + entry.name + (entry.isDirectory() ? "/" : ""))
    .toSorted((a, b) => (a < b ? -1 : 1));
  for (const name of names) {
    if (!name.startsWith(prefix) && !prefix.startsWith(name)) continue;
    if (name.endsWith("/")) {
      if (name > after || after.startsWith(name)) yield* walk(root, name, prefix, after);
    } else if (name > after && name.startsWith(prefix)) yield name;
  }
}
