import { AppError } from "@rivergen/contracts";

/** What versions of documents have in common. */
interface Versioned {
  readonly version: number;
  readonly digest: string;
}

/** Version tag for `If-Match`. */
export function etagOf(known: Versioned | undefined): string {
  return known ? `"${known.version}-${known.digest.slice(0, 16)}"` : "";
}

/**
 * @param noun what it is, for people: `river`
 * @throws PRECONDITION_FAILED when the caller saw another version than the newest; `*` means any, but not none
 */
export function assertMatch(known: Versioned | undefined, ifMatch: string | undefined, noun: string): void {
  if (ifMatch === undefined) return;
  const tags = ifMatch.split(",").map((tag) => tag.trim());
  if (!known || !(tags.includes("*") || tags.includes(etagOf(known))))
    throw new AppError("PRECONDITION_FAILED", { detail: known ? `The newest version is ${known.version}.` : `There is no such ${noun}.` });
}
