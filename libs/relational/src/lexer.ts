import { Refusal } from "./fault.ts";

export type TokenKind = "word" | "quoted" | "integer" | "decimal" | "double" | "string" | "parameter" | "symbol" | "end";

export interface Token {
  readonly kind: TokenKind;
  /** The value: names without quotes, strings unescaped, words as written. */
  readonly text: string;
  /** Lower case of a word or symbol, empty for all others: what grammar compares with. */
  readonly key: string;
  readonly offset: number;
}

const symbols = ["<>", "!=", "<=", ">=", "||", "::", "=", "<", ">", "+", "-", "*", "/", "%", "(", ")", ",", ".", "[", "]", ":"];
const space = /[ \t\r\n]+/y;
const word = /[\p{L}_][\p{L}\p{N}_]*/uy;
const number = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const parameter = /\$([A-Za-z_][A-Za-z0-9_]*)/y;
const text = /'([^']*(?:''[^']*)*)'/y;
const quoted = /"([^"]*(?:""[^"]*)*)"/y;

/** Longest text of one expression, in characters. */
const maxLength = 200_000;

interface Found {
  readonly token: Token;
  readonly end: number;
}

function match(pattern: RegExp, source: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(source);
}

function readNumber(source: string, at: number): Found | undefined {
  const found = match(number, source, at);
  if (!found) return undefined;
  const digits = found[0];
  const kind = /[eE]/.test(digits) ? "double" : digits.includes(".") ? "decimal" : "integer";
  return { token: { kind, text: digits, key: "", offset: at }, end: at + digits.length };
}

function readQuoted(source: string, at: number): Found | undefined {
  const isText = source[at] === "'";
  const found = match(isText ? text : quoted, source, at);
  if (!found || found[0].length === (isText ? 0 : 2)) {
    const what = isText ? "a text is not closed: a ' is missing" : 'a quoted name is empty or not closed: a " is missing';
    throw new Refusal("EXPRESSION_SYNTAX", what, at);
  }
  const quote = isText ? "'" : '"';
  const value = (found[1] ?? "").replaceAll(quote + quote, quote);
  if (value.includes("\0")) throw new Refusal("EXPRESSION_SYNTAX", "the character U+0000 cannot stand in an expression", at);
  return { token: { kind: isText ? "string" : "quoted", text: value, key: "", offset: at }, end: at + found[0].length };
}

function readParameter(source: string, at: number): Found | undefined {
  const found = match(parameter, source, at);
  return found ? { token: { kind: "parameter", text: found[1] ?? "", key: "", offset: at }, end: at + found[0].length } : undefined;
}

function readWord(source: string, at: number): Found | undefined {
  const name = match(word, source, at)?.[0];
  return name === undefined ? undefined : { token: { kind: "word", text: name, key: name.toLowerCase(), offset: at }, end: at + name.length };
}

function readSymbol(source: string, at: number): Found | undefined {
  const symbol = symbols.find((candidate) => source.startsWith(candidate, at));
  return symbol === undefined ? undefined : { token: { kind: "symbol", text: symbol, key: symbol, offset: at }, end: at + symbol.length };
}

const hints: Readonly<Record<string, string>> = { ";": ": one expression stands alone", "`": ': names are quoted with "' };

function readToken(source: string, at: number): Found {
  const first = source.charAt(at);
  const isQuote = first === "'" || first === '"';
  const found =
    (isQuote ? readQuoted(source, at) : undefined) ?? readNumber(source, at) ?? readParameter(source, at) ?? readWord(source, at) ?? readSymbol(source, at);
  if (found) return found;
  const shown = String.fromCodePoint(source.codePointAt(at) ?? 0);
  throw new Refusal("EXPRESSION_SYNTAX", `the character ${JSON.stringify(shown)} cannot stand here${hints[shown] ?? ""}`, at);
}

/**
 * Splits an expression into tokens; the last one is always `end`.
 * @throws Refusal with `EXPRESSION_SYNTAX` or `EXPRESSION_TOO_LARGE`
 */
export function tokenize(source: string): Token[] {
  if (source.length > maxLength) throw new Refusal("EXPRESSION_TOO_LARGE", `an expression has at most ${maxLength} characters`, 0);
  const tokens: Token[] = [];
  let at = 0;
  while (at < source.length) {
    const blank = match(space, source, at);
    if (blank) {
      at += blank[0].length;
      continue;
    }
    if (source.startsWith("--", at) || source.startsWith("/*", at)) throw new Refusal("EXPRESSION_SYNTAX", "comments cannot stand in an expression", at);
    const found = readToken(source, at);
    tokens.push(found.token);
    at = found.end;
  }
  tokens.push({ kind: "end", text: "", key: "", offset: source.length });
  return tokens;
}

/** How a token is called in messages. */
export function describeToken(token: Token): string {
  if (token.kind === "end") return "the end";
  if (token.kind === "string") return `the text '${token.text.slice(0, 40)}'`;
  if (token.kind === "parameter") return `$${token.text}`;
  return `"${token.text.slice(0, 40)}"`;
}
