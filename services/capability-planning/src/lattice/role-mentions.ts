import { type Token } from "@rivergen/words";
import type { Catalog } from "../catalog/compile-catalog.ts";
import type { ColumnCandidate, ColumnMention, EntityMention, Span, ValueMention } from "./types.ts";

interface KeyMention {
  readonly start: number;
  readonly end: number;
  readonly candidate: ColumnCandidate;
  /** Tables that the key leads to. */
  readonly targets: ReadonlySet<string>;
}

const keysOf = (catalog: Catalog, columns: readonly ColumnMention[]): KeyMention[] =>
  columns.flatMap((mention) =>
    mention.candidates
      .filter((candidate) => candidate.score >= 0.7)
      .flatMap((candidate) => {
        const targets = catalog.keys.filter((key) => key.from.table === candidate.table && key.from.column === candidate.column).map((key) => key.to.table);
        return targets.length === 0 ? [] : [{ start: mention.start, end: mention.end, candidate, targets: new Set(targets) }];
      }),
  );

const linking = new Set(["of", "in", "is", "'s", "=", ":", "was", "at", "-", "being"]);

const narrowed = <T extends ColumnMention | ValueMention>(mention: T, key: KeyMention, start: number, end: number): T[] => {
  const candidates = mention.candidates.filter((candidate) => key.targets.has(candidate.table));
  return candidates.length === 0 ? [] : [{ ...mention, start, end, candidates, via: key.candidate.column }];
};

interface Mentions {
  readonly columns: readonly ColumnMention[];
  readonly entities: readonly EntityMention[];
  readonly values: readonly ValueMention[];
}

const rolesOf = (tokens: readonly Token[], key: KeyMention, mentions: Mentions): { readonly columns: ColumnMention[]; readonly values: ValueMention[] } => {
  const linked = linking.has(tokens[key.end]?.lower ?? "") ? key.end + 1 : key.end;
  const follows = (span: Span): boolean => span.start === key.end || span.start === linked;
  const beside = mentions.entities
    .filter((entity) => entity.start === key.end && entity.candidates.some((candidate) => key.targets.has(candidate.table) && candidate.score >= 0.7))
    .map((entity): ColumnMention => ({ kind: "column", start: key.start, end: entity.end, candidates: [key.candidate] }));
  const after = mentions.columns.filter(follows).flatMap((column) => narrowed(column, key, key.start, column.end));
  const before = mentions.columns
    .filter((column) => column.end === key.start - 1 && /^(of|in|for)$/.test(tokens[column.end]!.lower))
    .flatMap((column) => narrowed(column, key, column.start, key.end));
  return { columns: [...beside, ...after, ...before], values: mentions.values.filter(follows).flatMap((value) => narrowed(value, key, key.start, value.end)) };
};

/**
 * Names and values of a table together with the key that leads to it: "destination state", "origin is Texas", "state of the
 * origin", and the key beside the table itself: "origin airport".
 */
export const roleMentions = (
  tokens: readonly Token[],
  catalog: Catalog,
  mentions: Mentions,
): { readonly columns: ColumnMention[]; readonly values: ValueMention[] } => {
  const found = keysOf(catalog, mentions.columns).map((key) => rolesOf(tokens, key, mentions));
  return { columns: found.flatMap((item) => item.columns), values: found.flatMap((item) => item.values) };
};
