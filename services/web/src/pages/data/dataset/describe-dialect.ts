import type { Dialect } from "@rivergen/contracts";
import { texts } from "../../../texts/index.ts";

const words = texts.reading;

/** A sign in words: a space or a tab cannot be seen. */
export const nameSign = (sign: string): string => words.signs[sign] ?? sign;

/** A sign, the word for none, or nothing where the format has no such sign. */
const sign = (value: string | null): string | undefined => (value === null ? undefined : value === "" ? words.none : nameSign(value));

function describeQuote({ quote, escape }: Dialect): string | undefined {
  if (quote === null || quote === "") return sign(quote);
  return escape === null ? nameSign(quote) : `${nameSign(quote)}, ${words.escapes[escape] ?? escape}`;
}

function describeHeader({ header }: Dialect): string | undefined {
  if (header === null) return undefined;
  return header ? words.hasHeader : words.noHeader;
}

/** How a file was read, as facts with their values. What the format does not have is left out. */
export function describeDialect(dialect: Dialect): readonly { readonly fact: string; readonly value: string }[] {
  const { format, compression, encoding, delimiter, decimal, thousands, skipLines, dateOrder, quotedEmpty } = dialect;
  const facts: readonly (readonly [string, string | null | undefined])[] = [
    [words.format, compression === null ? format : `${format}, ${compression}`],
    [words.encoding, encoding],
    [words.delimiter, sign(delimiter)],
    [words.quote, describeQuote(dialect)],
    [words.decimal, sign(decimal)],
    [words.thousands, sign(thousands)],
    [words.header, describeHeader(dialect)],
    [words.skipLines, skipLines === null || skipLines === 0 ? null : String(skipLines)],
    [words.dateOrder, words.orders[dateOrder ?? ""] ?? dateOrder],
    [words.quotedEmpty, quotedEmpty],
  ];
  return facts.flatMap(([fact, value]) => (value === null || value === undefined ? [] : [{ fact, value }]));
}

/** Formats whose text can be read in more than one way. */
export const isText = ({ delimiter }: Pick<Dialect, "delimiter">): boolean => delimiter !== null;
