import { createLines } from "@rivergen/flow/text";
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
  const positionAt = createLines(text);
  return {
    add: (path, place) => places.set(path, place),
    find: (path, part) => {
      const place = places.get(path);
      return place && { ...positionAt(place[part]), isExact: part === "value" && place.isExact };
    },
    positionAt,
  };
}
