import { abbreviations, nounLemma } from "@rivergen/words";

const endings = ["id", "name", "type", "date", "code", "number", "time", "year"];

/** The words of a technical name: `sbCustName` → sb, cust, name; `Weight_in_lbs` → weight, in, lbs; `petid` → pet, id. */
export const splitName = (name: string): readonly string[] =>
  name
    .replaceAll(/(\p{Ll}|\d)(\p{Lu})/gu, "$1 $2")
    .replaceAll(/(\p{Lu}+)(\p{Lu}\p{Ll})/gu, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word.length > 0)
    .flatMap(splitEnding);

const splitEnding = (word: string): string[] => {
  const ending = endings.find((candidate) => word.endsWith(candidate) && word.length - candidate.length >= 3 && candidate.length > 1);
  if (
    ending === undefined ||
    [
      "valid",
      "paid",
      "said",
      "avoid",
      "grid",
      "candid",
      "update",
      "candidate",
      "lifetime",
      "runtime",
      "zipcode",
      "surname",
      "username",
      "nickname",
      "filename",
      "overtime",
      "bid",
      "covid",
      "rapid",
      "solid",
      "fluid",
      "humid",
      "vivid",
      "squid",
      "hybrid",
    ].includes(word)
  )
    return [word];
  return [word.slice(0, -ending.length), ending];
};

const small = new Set(["in", "of", "the", "a", "an", "per", "is", "has", "for", "at", "by", "to", "with", "on"]);

/** The phrases under which people speak of a technical name: as written, and with abbreviations spelled out; lemmas. */
export const naturalPhrases = (words: readonly string[]): readonly (readonly string[])[] => {
  const kept = words.filter((word) => !small.has(word));
  const plain = (kept.length === 0 ? words : kept).map((word) => nounLemma(word));
  const spelled = plain.flatMap((word) => {
    const long = abbreviations[word];
    return long === undefined
      ? [word]
      : long
          .split(" ")
          .filter((part) => part !== "" && !small.has(part))
          .map((part) => nounLemma(part));
  });
  return spelled.join(" ") === plain.join(" ") || spelled.length === 0 ? [plain] : [plain, spelled];
};
