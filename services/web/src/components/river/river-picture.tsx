import { Text } from "@mantine/core";
import type { Plan, RiverDocument } from "@rivergen/contracts";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useApi } from "../../api/context.tsx";
import { allDatasets } from "../../api/queries.ts";
import { formatCompact } from "../../texts/format.ts";
import { texts } from "../../texts/index.ts";
import { Graph } from "../graph/graph.tsx";
import type { GraphProps } from "../graph/types.ts";
import { type RiverFacts, toRiverGraph } from "./river-graph.ts";
import classes from "./river.module.css";

const words = texts.rivers;

interface RiverPictureProps extends Pick<GraphProps, "highlighted" | "selected" | "onHover" | "onSelect" | "mostHeight"> {
  /** Undefined while its text cannot be read. */
  readonly document: RiverDocument | undefined;
  /** Dry run of this very document. */
  readonly plan?: Plan | undefined;
  /** The plan is being made: the place of its rows is kept. */
  readonly isPlanning?: boolean;
}

/** A river as a graph, with the rows that are expected at each step where they are known. */
export function RiverPicture({ document, plan, isPlanning = false, ...rest }: RiverPictureProps) {
  const rows = useExpectedRows(document, plan, isPlanning);
  const graph = useMemo(() => document && toRiverGraph(document, { rows, words: words.words }), [document, rows]);
  if (!document || !graph)
    return (
      <Text c="dimmed" size="sm" className={classes.waits}>
        {words.graphWaits}
      </Text>
    );
  return <Graph label={words.graph(document.river)} {...graph} {...rest} />;
}

/** Rows of tables as counted, of steps as planned. */
function useExpectedRows(document: RiverDocument | undefined, plan: Plan | undefined, isPlanning: boolean): NonNullable<RiverFacts["rows"]> {
  const api = useApi();
  const { data: tables } = useQuery(allDatasets(api));
  return useMemo(
    () => (node, name) => {
      if (node === "source") {
        if (!tables) return "";
        const count = tables?.find((table) => table.name === document?.sources[name]?.dataset)?.rowCount;
        return count == null ? undefined : words.rowsKnown(formatCompact(count));
      }
      if (!plan) return isPlanning ? "" : undefined;
      const step = plan.steps.find((candidate) => candidate.name === (node === "step" ? name : document?.outputs[name]?.from));
      if (!step) return undefined;
      return step.estimatedRows === null ? words.rowsUnknown : describeEstimate(step.estimatedRows, step.estimateBasis === "assumed");
    },
    [document, plan, isPlanning, tables],
  );
}

const describeEstimate = (rows: number, isAssumed: boolean): string => (isAssumed ? words.rowsAssumed : words.rowsExpected)(formatCompact(rows));
