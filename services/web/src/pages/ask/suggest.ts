import type { Dataset } from "@rivergen/contracts";

export interface WordSuggestion {
  /** What is written into the question. */
  readonly text: string;
  readonly kind: "table" | "column" | "synonym";
  /** The table of a column, the column of a synonym. */
  readonly of: string;
}

type Table = Pick<Dataset, "name" | "title" | "columns">;

const most = 8;
const leastLength = 2;

/** A name as people say it. */
export const sayName = (name: string): string => name.replaceAll(/[_-]+/g, " ").trim();

/** The word that is being written at the cursor, and where it begins. */
export function wordAt(text: string, cursor: number): { readonly word: string; readonly from: number } {
  const word = /[\p{L}\p{N}_]*$/u.exec(text.slice(0, cursor))?.[0] ?? "";
  return { word, from: cursor - word.length };
}

/** Words of the catalogue that a beginning may stand for: those that begin with it first, then those with a word in them that does. */
export function suggestWords(beginning: string, tables: readonly Table[]): WordSuggestion[] {
  const wanted = beginning.toLowerCase();
  if (wanted.length < leastLength) return [];
  const ranked = allWords(tables).flatMap((suggestion) => {
    const rank = rankOf(suggestion.text.toLowerCase(), wanted);
    return rank === undefined ? [] : [{ suggestion, rank }];
  });
  const seen = new Set<string>();
  return ranked
    .toSorted((one, other) => one.rank - other.rank || one.suggestion.text.length - other.suggestion.text.length)
    .map(({ suggestion }) => suggestion)
    .filter(({ text, kind, of }) => !seen.has(`${kind} ${text} ${of}`) && seen.add(`${kind} ${text} ${of}`))
    .slice(0, most);
}

function rankOf(text: string, wanted: string): number | undefined {
  // Written out in full: nothing to offer.
  if (text === wanted) return undefined;
  if (text.startsWith(wanted)) return 0;
  return text.split(" ").some((part) => part.startsWith(wanted)) ? 1 : undefined;
}

function allWords(tables: readonly Table[]): WordSuggestion[] {
  return tables.flatMap(({ name, title, columns }) => [
    { text: sayName(name), kind: "table" as const, of: "" },
    ...(title !== "" && sayName(title) !== sayName(name) ? [{ text: sayName(title), kind: "table" as const, of: "" }] : []),
    ...columns.flatMap((column) => [
      { text: sayName(column.name), kind: "column" as const, of: name },
      ...(column.synonyms ?? []).map((synonym) => ({ text: synonym, kind: "synonym" as const, of: `${name}.${column.name}` })),
    ]),
  ]);
}
