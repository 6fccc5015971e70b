import { distance } from "fastest-levenshtein";

const plain = (name: string): string => name.toLowerCase().replaceAll(/[\s_.-]/g, "");

/** The name that was probably meant, if one is near. */
export function suggest(wrong: string, names: Iterable<string>): string | undefined {
  if (wrong.length > 100) return undefined;
  const wanted = plain(wrong);
  const limit = Math.max(1, Math.floor(wanted.length / 3));
  let best: string | undefined;
  let least = limit + 1;
  for (const name of names) {
    const other = plain(name);
    if (Math.abs(other.length - wanted.length) >= least) continue;
    const found = distance(wanted, other);
    if (found < least) [best, least] = [name, found];
  }
  return best;
}
