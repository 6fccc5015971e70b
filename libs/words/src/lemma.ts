import lemmatizer from "wink-lemmatizer";

const irregular: Readonly<Record<string, string>> = {
  people: "person",
  ids: "id",
  data: "data",
  series: "series",
  species: "species",
  less: "less",
  worst: "worst",
  best: "best",
  us: "us",
  news: "news",
  gross: "gross",
  address: "address",
  class: "class",
  status: "status",
  bus: "bus",
  gas: "gas",
  sales: "sale",
  mph: "mph",
  lbs: "lbs",
};

/** The dictionary form of a word read as a noun; unknown words lose a regular plural. */
export const nounLemma = (word: string): string => {
  const known = irregular[word];
  if (known !== undefined) return known;
  if (word.length < 4 || /\d/.test(word)) return word;
  const lemma = lemmatizer.noun(word);
  if (lemma !== word || !word.endsWith("s") || /(ss|us|is)$/.test(word)) return lemma;
  return word.slice(0, -1);
};

const irregularVerbs: Readonly<Record<string, string>> = { rated: "rate" };

/** The dictionary form of a word read as a verb. */
export const verbLemma = (word: string): string => irregularVerbs[word] ?? (word.length < 3 ? word : lemmatizer.verb(word));

/** The base form of a word read as an adjective (`heavier`, `heaviest` → `heavy`). */
export const adjectiveLemma = (word: string): string => (word.length < 4 ? word : lemmatizer.adjective(word));

/** Every form under which a written word may stand in a dictionary, the word itself first. */
export const wordForms = (word: string): readonly string[] => [...new Set([word, nounLemma(word), verbLemma(word), adjectiveLemma(word)])];

/** The stem of a derived adjective in -y (`rainy` → `rain`, `sunny` → `sun`, `icy` → `ice`); undefined for other words. */
export const adjectiveStems = (word: string): readonly string[] => {
  if (word.length < 4 || !word.endsWith("y")) return [];
  const stem = word.slice(0, -1);
  const doubled = stem.at(-1) === stem.at(-2) ? [stem.slice(0, -1)] : [];
  return [stem, `${stem}e`, ...doubled];
};
