/** Words that say "this identifies something" and nothing about what. */
const generic = new Set([
  "id",
  "key",
  "code",
  "no",
  "nr",
  "num",
  "number",
  "uid",
  "uuid",
  "guid",
  "pk",
  "ref",
  "iata",
  "icao",
  "iso",
  "symbol",
  "abbr",
  "abbreviation",
  "short",
  "name",
]);

/** The words of a name, lower-case, singular: `billingCustomerIDs` → billing, customer, id. */
export function wordsOf(name: string): string[] {
  return name
    .replaceAll(/(?<![\p{L}\p{N}])IDs|(?<=\p{Ll})IDs/gu, "Id")
    .replaceAll(/([\p{Ll}\d])(\p{Lu})/gu, "$1 $2")
    .replaceAll(/(\p{Lu})(\p{Lu}\p{Ll})/gu, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "")
    .flatMap((word) =>
      word.length > 4 && word.endsWith("id") && !/(?:paid|void|bid|aid|fluid|valid|grid|hybrid|avoid|solid|rapid)$/.test(word)
        ? [word.slice(0, -2), "id"]
        : [word],
    )
    .map(singular);
}

function singular(word: string): string {
  if (word.length > 4 && word.endsWith("ies")) return `${word.slice(0, -3)}y`;
  if (/(?:s|x|z|ch|sh)es$/.test(word) && word.length > 4) return word.slice(0, -2);
  return word.length > 3 && word.endsWith("s") && !/(?:ss|us|is)$/.test(word) ? word.slice(0, -1) : word;
}

/** Whether a column is named like an identifier: its last word is one of the generic ones. */
export function isIdentifierName(column: string): boolean {
  const last = wordsOf(column).at(-1);
  return last !== undefined && last !== "name" && generic.has(last);
}

/** Whether a column names the rows of its own table: `id`, `customer_id` in `customers`, `key` … */
export function namesOwnTable(table: string, column: string): boolean {
  const own = wordsOf(column).filter((word) => !generic.has(word));
  const of = new Set(wordsOf(table));
  return isIdentifierName(column) && own.every((word) => of.has(word));
}

/**
 * How strongly the name of a column points at a column of another table.
 * 1: the same specific name, or table and column; 0.8: the same with a role before it; 0.6: the table's name alone, or
 * abbreviated; 0: nothing.
 */
export function nameEvidence(from: { table: string; column: string }, to: { table: string; column: string }): number {
  const source = wordsOf(from.column);
  const target = wordsOf(to.column);
  const table = wordsOf(to.table);
  const isSpecific = target.some((word) => !generic.has(word));
  if ((isSpecific && same(source, target)) || same(source, [...table, ...target])) return 1;
  if ((isSpecific && endsWith(source, target)) || endsWith(source, [...table, ...target])) return 0.8;
  return isIdentifierName(to.column) ? tableEvidence(from.column, source, to, table) : 0;
}

/** How strongly a column is named after the other table itself: `customer`, `billing_customer`, `cust_id`. */
function tableEvidence(column: string, source: readonly string[], to: { table: string; column: string }, table: readonly string[]): number {
  const head = source.filter((word) => !generic.has(word));
  const [first = ""] = head;
  // `orders` in another table counts orders, it does not name one.
  if (first === "" || !column.toLowerCase().endsWith(source.at(-1) ?? "")) return 0;
  if (same(head, table)) return 0.8;
  if (endsWith(head, table) || endsWith(table, head)) return 0.6;
  const isShort = head.length === 1 && isIdentifierName(column) && namesOwnTable(to.table, to.column);
  return isShort && abbreviates(first, table.join("")) ? 0.5 : 0;
}

const same = (first: readonly string[], second: readonly string[]): boolean => first.length === second.length && endsWith(first, second);
const endsWith = (words: readonly string[], tail: readonly string[]): boolean =>
  tail.length > 0 && words.length >= tail.length && tail.every((word, index) => words[words.length - tail.length + index] === word);
const abbreviates = (short: string, long: string): boolean => short.length >= 3 && long.length > short.length && long.startsWith(short);
