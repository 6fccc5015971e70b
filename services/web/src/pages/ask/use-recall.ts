import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo, useRef } from "react";
import { useApi } from "../../api/context.tsx";
import { listPrompts } from "../../api/queries.ts";
import type { Recall } from "./ask-keys.ts";

/** What was asked before, newest first; what was being written is kept below it. */
export function useRecall(): Recall {
  const { data } = useInfiniteQuery(listPrompts(useApi()));
  const place = useRef({ index: -1, draft: "" });
  const asked = useMemo(() => [...new Set(data?.pages.flatMap(({ items }) => items.map(({ text }) => text)))], [data]);
  const at = (index: number): string | undefined => (index < 0 ? place.current.draft : asked[index]);
  return {
    back: (from) => {
      const { index } = place.current;
      if (index < 0 || from !== at(index)) place.current = { index: -1, draft: from };
      const next = asked[place.current.index + 1];
      if (next !== undefined) place.current = { ...place.current, index: place.current.index + 1 };
      return next;
    },
    forth: (from) => {
      const { index } = place.current;
      if (index < 0 || from !== at(index)) return undefined;
      place.current = { ...place.current, index: index - 1 };
      return at(index - 1);
    },
  };
}
