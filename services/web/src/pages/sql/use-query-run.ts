import { useCallback, useEffect, useRef, useState } from "react";
import { useApi } from "../../api/context.tsx";
import type { MemoryRows } from "../../components/data-table/row-source.ts";

export interface QueryAnswer {
  readonly text: string;
  readonly source: MemoryRows;
  readonly truncated: boolean;
  readonly usage: readonly { readonly meter: string; readonly quantity: number; readonly unit: string }[];
  readonly durationMs: number;
}
export type QueryState =
  | { readonly kind: "idle" }
  | { readonly kind: "running"; readonly since: number }
  | { readonly kind: "done"; readonly answer: QueryAnswer }
  | { readonly kind: "failed"; readonly text: string; readonly error: unknown }
  | { readonly kind: "cancelled" };

interface Ended {
  readonly text: string;
  readonly rowCount: number | null;
  readonly durationMs: number;
}

/** Runs one statement at a time; a new one takes the place of the last. */
export function useQueryRun(onEnd: (ended: Ended) => void) {
  const api = useApi();
  const [state, setState] = useState<QueryState>({ kind: "idle" });
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);
  const run = useCallback(
    async (text: string, maxRows: number): Promise<void> => {
      running.current?.abort();
      const controller = new AbortController();
      running.current = controller;
      const since = performance.now();
      setState({ kind: "running", since });
      try {
        const { columns, rows, truncated, usage } = await api.query({ body: { sql: text, maxRows } }, { signal: controller.signal });
        if (controller.signal.aborted) return;
        const durationMs = performance.now() - since;
        setState({ kind: "done", answer: { text, source: { columns, rows }, truncated, usage, durationMs } });
        onEnd({ text, rowCount: rows.length, durationMs });
      } catch (error) {
        if (controller.signal.aborted) return;
        setState({ kind: "failed", text, error });
        onEnd({ text, rowCount: null, durationMs: performance.now() - since });
      }
    },
    [api, onEnd],
  );
  const cancel = useCallback(() => {
    running.current?.abort();
    setState({ kind: "cancelled" });
  }, []);
  return { state, run, cancel };
}
