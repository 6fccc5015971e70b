import type { Dataset } from "@rivergen/contracts";
import { sayName } from "./suggest.ts";

type Table = Pick<Dataset, "name" | "columns" | "rowCount" | "source">;
interface Words {
  count(table: string): string;
  countBy(table: string, by: string): string;
  average(measure: string, by: string): string;
  best(measure: string, by: string): string;
  month(measure: string): string;
}

const isNumber = (type: string): boolean => /^(integer|double|decimal|float)/.test(type);
const isTime = (type: string): boolean => /^(date|timestamp)/.test(type);
/** Numbers that nobody adds up. */
const isNoMeasure = (name: string): boolean => /(^|_)(id|key|code|zip|year|month|day|latitude|longitude|lat|lon|lng|number|no)s?$/i.test(name);
const isNoCategory = (name: string): boolean => /(^|_)(id|key|name|title|url|email|address|description|text|comment|phone)s?$/i.test(name);

/** Questions that the tables of this workspace can answer, the largest tables first; at most `most`. */
export function exampleQuestions(tables: readonly Table[], words: Words, most = 5): string[] {
  // What a river wrote is an answer already; it is asked about where there is nothing else.
  const given = tables.filter(({ source }) => source.kind !== "river");
  const bySize = (given.length > 0 ? given : tables).toSorted((one, other) => (other.rowCount ?? 0) - (one.rowCount ?? 0));
  const all = bySize.map((table) => questionsOf(table, words));
  // One of each table in turn, so that no table takes all the places.
  const turns = Array.from({ length: Math.max(0, ...all.map(({ length }) => length)) }, (_, turn) => all.flatMap((questions) => questions[turn] ?? []));
  return [...new Set(turns.flat())].slice(0, most);
}

function questionsOf({ name, columns }: Table, words: Words): string[] {
  const table = sayName(name);
  const measures = columns.filter((column) => isNumber(column.type) && !isNoMeasure(column.name)).map((column) => sayName(column.name));
  const groups = columns.filter((column) => column.type === "string" && !isNoCategory(column.name)).map((column) => sayName(column.name));
  const hasTime = columns.some(({ type }) => isTime(type));
  const [measure, second = measure] = measures;
  const [group, other = group] = groups;
  return [
    ...(measure !== undefined && group !== undefined ? [words.average(measure, group)] : []),
    ...(group !== undefined ? [words.countBy(table, other ?? group)] : []),
    ...(second !== undefined && other !== undefined ? [words.best(second, other)] : []),
    ...(measure !== undefined && hasTime ? [words.month(measure)] : []),
    words.count(table),
  ];
}
