import type { DuckDBConnection } from "@duckdb/node-api";
import { adjectiveLemma, createLexicon, nounLemma, synonymGroups, vocabulary } from "@rivergen/words";
import { quote, rowsOf } from "./profile.ts";
import type { EvaluationFolder, EvaluationRecord } from "./records.ts";
import type { Cell } from "./score.ts";

/** One made-up word for each renamed word, used in names, values, questions and gold alike. */
export type Renaming = ReadonlyMap<string, string>;

const syllables = "ba ke li mo nu pra shu ti vo wen gar fol dri sta plo que zen mar tul bri".split(" ");

const random = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
};

const grammatical = new Set([
  ...vocabulary.functionWords,
  ...vocabulary.fillers,
  ...vocabulary.vagueWords,
  ...vocabulary.requestVerbs,
  ...Object.keys(vocabulary.aggregates),
  ...Object.keys(vocabulary.attributes),
  ...Object.keys(vocabulary.irregularDegrees),
  ...vocabulary.rowNouns,
  ...vocabulary.roleWords.source,
  ...vocabulary.roleWords.target,
  ...vocabulary.undesirable,
  ...vocabulary.averaged,
  ..."date day week month quarter year hour time name id code number type count january february march april may june july august september october november december monday tuesday wednesday thursday friday saturday sunday first second third last change share jan feb mar apr jun jul aug sep oct nov dec one two three four five six seven eight nine ten eleven twelve twenty thirty fifty hundred thousand million today yesterday weekend dog cat".split(
    " ",
  ),
]);

const wordsIn = (text: string): string[] =>
  text
    .replaceAll(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .match(/[a-z]+/g) ?? [];

/** Words that some question reaches by meaning (a synonym, an adjective, a place's other name) keep their names: a made-up word has no meaning to reach it by. */
const reachedByMeaning = (words: ReadonlySet<string>, asked: ReadonlySet<string>): Set<string> => {
  const lexicon = createLexicon();
  const kept = new Set<string>();
  const attributeNouns = [...asked].flatMap((word) => vocabulary.attributes[nounLemma(word)]?.nouns ?? []);
  for (const word of words) {
    const related = [
      ...(synonymGroups.get(word) ?? []),
      ...lexicon.synonyms(word),
      ...[word, `${word}s`].flatMap((name) => lexicon.placeNames(name)).flatMap((name) => name.split(" ")),
    ];
    const working = lexicon.isVerb(word) || ["a", "r"].includes(lexicon.speech(word) ?? "n") || adjectiveLemma(word) in vocabulary.attributes;
    if (working) kept.add(word);
    if (attributeNouns.includes(word) || related.some((other) => asked.has(other) && other !== word)) kept.add(word);
    if (
      [...asked].some(
        (other) =>
          other !== word &&
          other !== `${word}s` &&
          other.length > 3 &&
          word.length > 3 &&
          (other.startsWith(word.slice(0, -1)) || word.startsWith(other.slice(0, -1))),
      )
    )
      kept.add(word);
  }
  return kept;
};

/** Chooses the words of a folder's names and values to rename, by a seed; only words that its questions spell. */
export const chooseRenaming = async (connection: DuckDBConnection, folder: EvaluationFolder, seed: number): Promise<Renaming> => {
  const asked = new Set(folder.records.flatMap((record) => wordsIn(record.question)));
  const lemmas = new Set([...asked].map(nounLemma));
  const candidates = new Set<string>();
  const add = (text: string): void => {
    for (const word of wordsIn(text).map(nounLemma)) if (word.length > 2 && lemmas.has(word) && !grammatical.has(word)) candidates.add(word);
  };
  for (const [table, column, type] of await rowsOf(connection, "select table_name, column_name, data_type from information_schema.columns")) {
    add(String(table));
    add(String(column));
    if (type !== "VARCHAR") continue;
    for (const [value] of await rowsOf(
      connection,
      `select distinct ${quote(String(column))} from ${quote(String(table))} where ${quote(String(column))} is not null limit 5000`,
    ))
      add(String(value));
  }
  const kept = reachedByMeaning(candidates, asked);
  const next = random(seed);
  const renaming = new Map<string, string>();
  const used = new Set<string>();
  for (const word of [...candidates].filter((candidate) => !kept.has(candidate)).toSorted()) {
    let fresh = "";
    while (fresh.length < 5 || used.has(fresh)) fresh = Array.from({ length: 3 }, () => syllables[Math.floor(next() * syllables.length)]!).join("");
    used.add(fresh);
    renaming.set(word, fresh);
  }
  return renaming;
};

const inCase = (word: string, fresh: string): string => {
  if (word === word.toUpperCase() && word.length > 1) return fresh.toUpperCase();
  return word[0] === word[0]!.toUpperCase() ? fresh[0]!.toUpperCase() + fresh.slice(1) : fresh;
};

/** Replaces renamed words in any text, keeping case and plural. */
export const renameText = (text: string, renaming: Renaming): string =>
  text.replaceAll(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])/g, (word) => {
    const lower = word.toLowerCase();
    const direct = renaming.get(lower);
    if (direct !== undefined) return inCase(word, direct);
    const single = renaming.get(nounLemma(lower));
    return single === undefined || !lower.endsWith("s") ? word : inCase(word, `${single}s`);
  });

export const renameTables = async (connection: DuckDBConnection, renaming: Renaming): Promise<void> => {
  for (const [name] of await rowsOf(connection, "select table_name from information_schema.tables")) {
    const table = String(name);
    for (const [column, type] of await rowsOf(connection, `select column_name, data_type from information_schema.columns where table_name = '${table}'`)) {
      const own = String(column);
      if (type === "VARCHAR") {
        const values = await rowsOf(connection, `select distinct ${quote(own)} from ${quote(table)} where ${quote(own)} is not null`);
        for (const [value] of values) {
          const fresh = renameText(String(value), renaming);
          if (fresh !== value) await connection.run(`update ${quote(table)} set ${quote(own)} = $1 where ${quote(own)} = $2`, [fresh, String(value)]);
        }
      }
      const renamed = renameText(own, renaming);
      if (renamed !== own) await connection.run(`alter table ${quote(table)} rename column ${quote(own)} to ${quote(renamed)}`);
    }
    const renamed = renameText(table, renaming);
    if (renamed !== table) await connection.run(`alter table ${quote(table)} rename to ${quote(renamed)}`);
  }
};

const renameCell = (cell: Cell, renaming: Renaming): Cell => (typeof cell === "string" && !/^\d{4}-\d\d/.test(cell) ? renameText(cell, renaming) : cell);

const renameRecord = (record: EvaluationRecord, renaming: Renaming): EvaluationRecord => ({
  ...record,
  question: renameText(record.question, renaming),
  ...(record.accept === undefined
    ? {}
    : { accept: record.accept.map((gold) => ({ columns: gold.columns, rows: gold.rows.map((row) => row.map((cell) => renameCell(cell, renaming))) })) }),
});

/** The folder's questions, gold and natural names under the renaming. */
export const renameFolder = (folder: EvaluationFolder, renaming: Renaming): EvaluationFolder => {
  const reference = (text: string): string =>
    text
      .split(".")
      .map((part) => renameText(part, renaming))
      .join(".");
  const { primaryKeys, foreignKeys, naturalNames } = folder.given;
  return {
    ...folder,
    records: folder.records.map((record) => renameRecord(record, renaming)),
    given: {
      ...(primaryKeys === undefined ? {} : { primaryKeys: primaryKeys.map(reference) }),
      ...(foreignKeys === undefined ? {} : { foreignKeys: foreignKeys.map(([from, to]) => [reference(from), reference(to)] as const) }),
      ...(naturalNames === undefined
        ? {}
        : { naturalNames: Object.fromEntries(Object.entries(naturalNames).map(([key, name]) => [reference(key), renameText(name, renaming)])) }),
    },
  };
};
