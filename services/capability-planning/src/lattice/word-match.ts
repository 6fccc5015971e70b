import { abbreviations, aggregates, functionWords, type Lexicon, synonymGroups, verbLemma, wordForms } from "@rivergen/words";
import { distance } from "fastest-levenshtein";
import type { Catalog } from "../catalog/compile-catalog.ts";

/** For a written word: every catalog word it may stand for, with how literally (0–1). */
export type WordMatcher = (word: string) => ReadonlyMap<string, number>;

const shareStem = (a: string, b: string): boolean => {
  let same = 0;
  while (same < a.length && same < b.length && a[same] === b[same]) same++;
  return same >= 4 && same >= Math.min(a.length, b.length) - 1 && Math.max(a.length, b.length) - same <= 4;
};

const isAbbreviation = (short: string, long: string, lexicon: Lexicon): boolean =>
  short.length >= 3 && long.length >= short.length + 2 && long.startsWith(short) && lexicon.speech(short) === undefined;

/** "director" of a column called "directed by". */
const isDoer = (forms: readonly string[], word: string, lexicon: Lexicon): boolean =>
  /(ed|en)$/.test(word) && lexicon.isVerb(word) && forms.some((form) => /(er|or)$/.test(form) && lexicon.derived(verbLemma(word)).includes(form));

const related = (forms: readonly string[], word: string, lexicon: Lexicon): number => {
  if (forms.some((form) => synonymGroups.get(form)?.has(word) || (Object.hasOwn(abbreviations, form) && abbreviations[form] === word))) return 0.86;
  if (forms.some((form) => isAbbreviation(word, form, lexicon) || isAbbreviation(form, word, lexicon))) return 0.84;
  if (forms.some((form) => form.length >= 5 && word.length > form.length + 2 && word.endsWith(form))) return 0.8;
  if (isDoer(forms, word, lexicon)) return 0.84;
  if (forms.some((form) => lexicon.derived(form).includes(word) || (form.length >= 4 && word === `${form.replace(/e$/, "")}ing`))) return 0.72;
  if (forms.some((form) => shareStem(form, word))) return 0.7;
  return forms.some((form) => lexicon.synonyms(form).includes(word)) ? 0.62 : 0;
};

const misspelled = (word: string, known: string): boolean => {
  if (word.length < 5 || known.length < 4 || word[0] !== known[0]) return false;
  return distance(word, known) <= (word.length >= 8 ? 2 : 1);
};

/** Words of grammar and of arithmetic name a column only when they are spelled in its name. */
const isGrammatical = (word: string): boolean => functionWords.has(word) || word in aggregates || word === "count" || word === "number";

/** Verb forms name things only loosely. */
const softened = (score: number, participle: boolean): number => (participle && score < 0.8 ? 0.6 * score : score);

const createMatch =
  (catalog: Catalog, lexicon: Lexicon) =>
  (written: string): ReadonlyMap<string, number> => {
    const forms = wordForms(written);
    const result = new Map<string, number>();
    const grammatical = isGrammatical(written);
    const participle = /(ed|ing)$/.test(written) && lexicon.speech(written) !== "n";
    for (const word of catalog.vocabulary) {
      const score = forms.includes(word) ? 1 : grammatical ? 0 : softened(related(forms, word, lexicon), participle);
      if (score > 0) result.set(word, score);
    }
    const known = grammatical || /\d/.test(written) || lexicon.speech(written) !== undefined || [...result.values()].some((score) => score > 0.65);
    for (const word of known ? [] : catalog.vocabulary) if (misspelled(written, word)) result.set(word, 0.75);
    return result;
  };

/** Makes the matcher of one catalog; every word is worked out once. */
export const createWordMatcher = (catalog: Catalog, lexicon: Lexicon): WordMatcher => {
  const known = new Map<string, ReadonlyMap<string, number>>();
  const match = createMatch(catalog, lexicon);
  return (word) => {
    const cached = known.get(word);
    if (cached !== undefined) return cached;
    const fresh = match(word);
    known.set(word, fresh);
    return fresh;
  };
};
