import { Skeleton } from "@mantine/core";
import type { Run, RunStep } from "@rivergen/contracts";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useApi } from "../../api/context.tsx";
import { allDatasets, oneRiver } from "../../api/queries.ts";
import { formatCompact, formatDuration } from "../../texts/format.ts";
import { texts } from "../../texts/index.ts";
import { Graph } from "../graph/graph.tsx";
import type { GraphProps } from "../graph/types.ts";
import { idsAt, toRiverGraph } from "../river/river-graph.ts";
import { nameRiver } from "../../texts/river-name.ts";
import { rateOf } from "./step-facts.ts";

const words = texts.rivers;

/** The river of a run as a graph whose steps light up as they go. */
export function RunPicture({ run, ...rest }: { readonly run: Run } & Pick<GraphProps, "highlighted" | "selected" | "onHover" | "onSelect" | "mostHeight">) {
  const api = useApi();
  const { data: river, error } = useQuery(oneRiver(api, run.river.id, run.river.version));
  const { data: tables } = useQuery(allDatasets(api));
  const graph = useMemo(() => {
    if (!river) return undefined;
    const step = (name: string): RunStep | undefined => run.steps.find((candidate) => candidate.name === name);
    return toRiverGraph(river.document, {
      words: words.words,
      status: (name) => step(name)?.status,
      // How far the run is, is known; how far one of its steps is, is not.
      progress: (name) => (step(name)?.status === "running" ? null : undefined),
      rows: (node, name) => {
        if (node === "step") return describeStep(step(name), run);
        // Its place is kept until it is known.
        if (node === "source" && !tables) return "";
        const count =
          node === "output"
            ? run.outputs.find((output) => output.name === name)?.rowCount
            : tables?.find((table) => table.name === river.document.sources[name]?.dataset)?.rowCount;
        return count == null ? undefined : words.rowsKnown(formatCompact(count));
      },
    });
  }, [river, run, tables]);
  // A river may be deleted while its runs stay: the table of steps below tells the same.
  if (error) return null;
  if (!graph) return <Skeleton height={240} />;
  const failure = run.error?.["pointer"];
  const faulty = typeof failure === "string" ? new Set(idsAt(failure, graph.nodes)) : undefined;
  return <Graph label={words.graph(nameRiver(run.river.name))} {...graph} faulty={faulty} {...rest} />;
}

/** What a step set aside, rows out of it, and its rate while it runs or its time afterwards; what was expected while it has none. */
function describeStep(step: RunStep | undefined, { steps }: Run): string | undefined {
  if (!step) return undefined;
  const rate = step.status === "running" ? rateOf(step.name, steps) : null;
  const parts = [
    // First, since the end may be cut off.
    ...(step.setAside ? [texts.run.setAside(formatCompact(step.setAside.rows))] : []),
    ...(step.rowsOut === null ? [] : [words.rowsKnown(formatCompact(step.rowsOut))]),
    ...(rate === null ? [] : [texts.run.rate(formatCompact(rate))]),
    ...(step.durationMs === null || rate !== null ? [] : [formatDuration(step.durationMs)]),
  ];
  if (parts.length > 0) return parts.join(" · ");
  return step.status === "pending" && step.estimatedRows != null ? words.rowsExpected(formatCompact(step.estimatedRows)) : undefined;
}
