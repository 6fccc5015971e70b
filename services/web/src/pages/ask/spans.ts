import { pointer as placeOf, type Prompt, type RiverDocument } from "@rivergen/contracts";
import { isWithin, partsOf } from "../../components/river/pointer.ts";

export type Span = Prompt["spans"][number];

/** A piece of the question, with everything that it caused. */
export interface Piece {
  readonly start: number;
  readonly text: string;
  readonly spans: readonly Span[];
}

/** Cuts a question where its spans begin and end; together the pieces are the question again. */
export function cutQuestion(text: string, spans: readonly Span[]): Piece[] {
  const inside = spans.filter(({ start, end }) => start >= 0 && start < end && end <= text.length);
  const cuts = [...new Set([0, text.length, ...inside.flatMap(({ start, end }) => [start, end])])].toSorted((one, other) => one - other);
  return cuts.slice(0, -1).map((start, index) => {
    const end = cuts[index + 1] ?? text.length;
    return { start, text: text.slice(start, end), spans: inside.filter((span) => span.start <= start && span.end >= end) };
  });
}

/** What the same words caused, in the order of the question. */
export function groupSpans(text: string, spans: readonly Span[]): { readonly words: string; readonly spans: readonly Span[] }[] {
  const groups = new Map<string, Span[]>();
  for (const span of spans.toSorted((one, other) => one.start - other.start || one.end - other.end)) {
    const key = `${span.start} ${span.end}`;
    groups.set(key, [...(groups.get(key) ?? []), span]);
  }
  return [...groups.values()].map((group) => ({ words: text.slice(group[0]?.start, group[0]?.end), spans: group }));
}

/** Whether two places of a document are one, or one holds the other. */
export const areRelated = (one: string, other: string): boolean => isWithin(one, other) || isWithin(other, one);

/** Places of a document that make a column of this name. */
export function placesOfColumn(document: RiverDocument, column: string): string[] {
  const places: string[] = [];
  const walk = (value: unknown, at: readonly string[]): void => {
    if (typeof value !== "object" || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      if (key === column && !Array.isArray(value)) places.push(placeOf("", ...at, key));
      walk(inner, [...at, key]);
    }
  };
  // Names of steps are no columns.
  for (const [name, step] of Object.entries(document.steps ?? {})) walk(step, ["steps", name]);
  return places;
}

/** Whether a place makes the column of this name. */
export const makesColumn = (pointer: string, column: string): boolean =>
  pointer.startsWith("/steps/") && partsOf(pointer).length > 3 && partsOf(pointer).at(-1) === column;

const separator = / {3,}/;

/** What another reading says otherwise; all of it where it says nothing otherwise. */
export function differingParts(reading: string, explanation: string): string[] {
  const parts = reading.split(separator);
  const own = new Set(explanation.split(separator));
  const others = parts.filter((part) => !own.has(part));
  return others.length > 0 ? others : parts;
}
