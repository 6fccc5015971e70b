import { readFileSync } from "node:fs";
import { wordForms } from "./lemma.ts";

interface WordTable {
  readonly synonyms: Readonly<Record<string, string>>;
  readonly derived: Readonly<Record<string, string>>;
  readonly demonyms: Readonly<Record<string, string>>;
  readonly places: readonly string[];
  readonly speech: Readonly<Record<"n" | "v" | "a" | "r", string>>;
  readonly alsoVerbs: string;
}

/** General English as the planner knows it: synonyms, derived nouns, places, parts of speech. */
export interface Lexicon {
  /** Words of nearly the same meaning, WordNet's frequent senses only. */
  synonyms(word: string): readonly string[];
  /** Nouns derived from a verb (`release` → `release`, `produce` → `producer`). */
  derived(verb: string): readonly string[];
  /** Other spellings of a place (`texas` → `tx`, `american` → `usa`), lower case, possibly of several words. */
  placeNames(phrase: string): readonly string[];
  /** Dominant part of speech: n, v, a (adjective), r (adverb); undefined for a word that is not common English. */
  /** Whether the word, in any form, is often a verb. */
  isVerb(word: string): boolean;
  speech(word: string): "n" | "v" | "a" | "r" | undefined;
}

const ownDemonyms: Readonly<Record<string, string>> = { european: "europe", asian: "asia", african: "africa" };

const readTable = (): WordTable => JSON.parse(readFileSync(new URL("words.json", import.meta.url), "utf8")) as WordTable;

const indexPlaces = (table: WordTable): Map<string, Set<string>> => {
  const index = new Map<string, Set<string>>();
  for (const group of table.places) {
    const names = group.split("|");
    for (const name of names) {
      const known = index.get(name) ?? new Set<string>();
      for (const other of names) if (other !== name) known.add(other);
      index.set(name, known);
    }
  }
  return index;
};

/** Builds the lexicon from the compiled table beside this file. */
export const createLexicon = (): Lexicon => {
  const table = readTable();
  const places = indexPlaces(table);
  const speech = new Map<string, "n" | "v" | "a" | "r">();
  for (const pos of ["r", "a", "v", "n"] as const) for (const word of table.speech[pos].split(" ")) speech.set(word, pos);
  const verbs = new Set([...table.speech.v.split(" "), ...table.alsoVerbs.split(" ")]);
  const split = (text: string | undefined): string[] => (text === undefined ? [] : text.split(","));
  return {
    synonyms: (word) => ["n", "v", "a"].flatMap((pos) => split(table.synonyms[`${pos}:${word}`])),
    derived: (verb) => split(table.derived[verb]),
    placeNames: (phrase) => {
      const home = ownDemonyms[phrase] ?? table.demonyms[phrase];
      const own = home === undefined ? [] : [home, ...(places.get(home) ?? [])];
      return [...own, ...(places.get(phrase) ?? [])];
    },
    isVerb: (word) => wordForms(word).some((form) => verbs.has(form)),
    speech: (word) =>
      wordForms(word)
        .map((form) => speech.get(form))
        .find((pos) => pos !== undefined),
  };
};
