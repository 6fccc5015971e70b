import { AppError, toVersionTag, type Versioned } from "@rivergen/contracts";

/**
 * @param noun what it is, for people: `river`
 * @throws PRECONDITION_FAILED when the caller saw another version than the newest; `*` means any, but not none
 */
export function assertMatch(known: Versioned | undefined, ifMatch: string | undefined, noun: string): void {
  if (ifMatch === undefined) return;
  const tags = ifMatch.split(",").map((tag) => tag.trim());
  if (!known || !(tags.includes("*") || tags.includes(toVersionTag(known))))
    throw new AppError("PRECONDITION_FAILED", { detail: known ? `The newest version is ${known.version}.` : `There is no such ${noun}.` });
}
