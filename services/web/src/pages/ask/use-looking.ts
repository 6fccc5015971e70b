import { useCallback, useMemo, useState } from "react";
import { areRelated } from "./spans.ts";

/** What is looked at, as places of the document: words, steps and columns all speak of them. */
export interface Looking {
  readonly pointers: readonly string[];
  isLit(pointers: readonly string[]): boolean;
  look(pointers: readonly string[] | undefined): void;
  /** For something that stands for these places: pointer and focus look at them, a click holds them. */
  handlers(pointers: readonly string[]): {
    onMouseEnter(): void;
    onMouseLeave(): void;
    onFocus(): void;
    onBlur(): void;
    onClick(): void;
    readonly "aria-pressed": boolean;
  };
}

const nothing: readonly string[] = [];

export function useLooking(): Looking {
  const [passing, look] = useState<readonly string[]>();
  const [held, hold] = useState<readonly string[]>();
  const pointers = passing ?? held ?? nothing;
  const isLit = useCallback((places: readonly string[]) => pointers.some((pointer) => places.some((place) => areRelated(pointer, place))), [pointers]);
  return useMemo(
    () => ({
      pointers,
      isLit,
      look,
      handlers: (places) => {
        const isHeld = held?.join() === places.join();
        return {
          onMouseEnter: () => look(places),
          onMouseLeave: () => look(undefined),
          onFocus: () => look(places),
          onBlur: () => look(undefined),
          onClick: () => hold(isHeld ? undefined : places),
          "aria-pressed": isHeld,
        };
      },
    }),
    [pointers, isLit, held],
  );
}
