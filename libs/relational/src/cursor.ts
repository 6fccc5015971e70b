import { closest, distance } from "fastest-levenshtein";
import type { Ast } from "./ast.ts";
import { Refusal } from "./fault.ts";
import type { Token } from "./lexer.ts";
import { describeToken, tokenize } from "./lexer.ts";

/** Deepest nesting of one expression. */
export const maxDepth = 200;
/** Most nodes of one expression. */
export const maxNodes = 10_000;

/** The reading state of one text: tokens, the place, and the counts that the limits are about. */
export interface Cursor {
  readonly tokens: readonly Token[];
  position: number;
  nodes: number;
  nesting: number;
  readonly depths: WeakMap<Ast, number>;
}

/** Opens a text. @throws Refusal when it cannot be split into tokens */
export function openCursor(text: string): Cursor {
  return { tokens: tokenize(text), position: 0, nodes: 0, nesting: 0, depths: new WeakMap() };
}

/** The token `ahead` places further on; `end` beyond the last. */
export function peek(cursor: Cursor, ahead = 0): Token {
  const token = cursor.tokens[Math.min(cursor.position + ahead, cursor.tokens.length - 1)];
  if (!token) throw new Error("a cursor always has an end token");
  return token;
}

export function take(cursor: Cursor): Token {
  const token = peek(cursor);
  cursor.position += 1;
  return token;
}

/** Whether the next tokens are these words or symbols. */
export function isNext(cursor: Cursor, ...keys: string[]): boolean {
  return keys.every((key, index) => peek(cursor, index).key === key);
}

/** Takes the next tokens if they are these. */
export function accept(cursor: Cursor, ...keys: string[]): boolean {
  if (!isNext(cursor, ...keys)) return false;
  cursor.position += keys.length;
  return true;
}

/** Says what was found and what could stand there. */
export function refuse(cursor: Cursor, expected: string): never {
  const token = peek(cursor);
  throw new Refusal("EXPRESSION_SYNTAX", `found ${describeToken(token)}, where ${expected} could stand`, token.offset);
}

/** Takes one token. @throws Refusal when another stands there */
export function expect(cursor: Cursor, key: string): Token {
  if (!isNext(cursor, key)) refuse(cursor, `"${key}"`);
  return take(cursor);
}

/** Counts a node against both limits. @throws Refusal with `EXPRESSION_TOO_LARGE` */
export function counted<Node extends Ast>(cursor: Cursor, node: Node, children: readonly (Ast | undefined)[]): Node {
  cursor.nodes += 1;
  let depth = 1;
  for (const child of children) if (child) depth = Math.max(depth, 1 + (cursor.depths.get(child) ?? 1));
  cursor.depths.set(node, depth);
  if (cursor.nodes > maxNodes) throw new Refusal("EXPRESSION_TOO_LARGE", `an expression has at most ${maxNodes} parts`, node.at);
  if (depth > maxDepth) throw new Refusal("EXPRESSION_TOO_LARGE", `an expression is nested at most ${maxDepth} deep`, node.at);
  return node;
}

/** Runs a nested reading under the depth limit. */
export function nested<Value>(cursor: Cursor, read: () => Value): Value {
  cursor.nesting += 1;
  if (cursor.nesting > maxDepth) throw new Refusal("EXPRESSION_TOO_LARGE", `an expression is nested at most ${maxDepth} deep`, peek(cursor).offset);
  const value = read();
  cursor.nesting -= 1;
  return value;
}

/** Longest name that is compared, and most names it is compared with: a mistake must stay cheap in a very wide table. */
const nearestLimits = { length: 80, candidates: 300 };

/** The nearest of some names, if it is near enough to be meant. */
export function nearest(name: string, candidates: readonly string[]): string | undefined {
  const wanted = name.slice(0, nearestLimits.length).toLowerCase();
  const likely = candidates
    .filter((candidate) => Math.abs(candidate.length - wanted.length) <= Math.max(1, wanted.length / 1.5))
    .slice(0, nearestLimits.candidates);
  if (likely.length === 0) return undefined;
  const lower = new Map(likely.map((candidate) => [candidate.toLowerCase(), candidate]));
  const found = closest(wanted, [...lower.keys()]);
  const limit = Math.max(1, Math.floor(Math.max(wanted.length, found.length) / 2.5));
  return distance(wanted, found) <= limit ? lower.get(found) : undefined;
}

/** `: did you mean x?`, or nothing. */
export function suggestion(name: string, candidates: readonly string[]): string {
  const found = nearest(name, candidates);
  return found === undefined ? "" : `; the nearest is ${found}`;
}
