const small = new Set([
  "a",
  "an",
  "the",
  "of",
  "by",
  "in",
  "on",
  "for",
  "to",
  "and",
  "with",
  "what",
  "which",
  "is",
  "are",
  "was",
  "show",
  "me",
  "per",
  "how",
  "many",
]);

/** A name for a river out of its question: the words that say something, as names are written. */
export function suggestName(question: string): string {
  const words = question
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/\p{M}/gu, "")
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "" && !small.has(word));
  return words
    .join("_")
    .replace(/^[0-9_]+/, "")
    .slice(0, 40)
    .replace(/_+$/, "");
}
