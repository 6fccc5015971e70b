import type { Position } from "./fault.ts";

/** Where a value and (in a map) its key begin, as offsets. */
interface Place {
  readonly key: number;
  readonly value: number;
  /** The value's characters follow one to one from `value` on. */
  readonly isExact: boolean;
}

/** Gathers places while a text is read, and finds them by pointer afterwards. */
export interface Places {
  readonly add: (path: string, place: Place) => void;
  readonly find: (path: string, part: "key" | "value") => (Position & { readonly isExact: boolean }) | undefined;
  readonly positionAt: (offset: number) => Position;
}

export function createPlaces(text: string): Places {
  const places = new Map<string, Place>();
  const starts: number[] = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  const positionAt = (offset: number): Position => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
  return {
    add: (path, place) => places.set(path, place),
    find: (path, part) => {
      const place = places.get(path);
      return place && { ...positionAt(place[part]), isExact: part === "value" && place.isExact };
    },
    positionAt,
  };
}
