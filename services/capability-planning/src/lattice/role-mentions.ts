import type { Catalog } from "../catalog/compile-catalog.ts";
import type { Token } from "../text/tokenize.ts";
import type { ColumnCandidate, ColumnMention, EntityMention, ValueMention } from "./types.ts";

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

/**
 * Names and values of a table together with the key that leads to it: "destination state", "origin is Texas", "state of the
 * origin", and the key beside the table itself: "origin airport".
 */
export const roleMentions = (
  tokens: readonly Token[],
  catalog: Catalog,
  columns: readonly ColumnMention[],
  entities: readonly EntityMention[],
  values: readonly ValueMention[],
): { readonly columns: ColumnMention[]; readonly values: ValueMention[] } => {
  const found: { columns: ColumnMention[]; values: ValueMention[] } = { columns: [], values: [] };
  for (const key of keysOf(catalog, columns)) {
    const linked = linking.has(tokens[key.end]?.lower ?? "") ? key.end + 1 : key.end;
    for (const entity of entities) {
      const named = entity.candidates.some((candidate) => key.targets.has(candidate.table) && candidate.score >= 0.7);
      if (named && entity.start === key.end) found.columns.push({ kind: "column", start: key.start, end: entity.end, candidates: [key.candidate] });
    }
    for (const column of columns) {
      if (column.start === key.end || column.start === linked) found.columns.push(...narrowed(column, key, key.start, column.end));
      if (column.end === key.start - 1 && /^(of|in|for)$/.test(tokens[column.end]!.lower)) found.columns.push(...narrowed(column, key, column.start, key.end));
    }
    for (const value of values) if (value.start === key.end || value.start === linked) found.values.push(...narrowed(value, key, key.start, value.end));
  }
  return found;
};
