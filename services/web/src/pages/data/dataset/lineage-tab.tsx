import { Skeleton } from "@mantine/core";
import type { Dataset } from "@rivergen/contracts";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import { useApi } from "../../../api/context.tsx";
import { datasetLineage } from "../../../api/queries.ts";
import { ErrorState } from "../../../components/error-state.tsx";
import { Graph } from "../../../components/graph/graph.tsx";
import { texts } from "../../../texts/index.ts";
import { toGraph } from "./lineage-graph.ts";

/** Where the table comes from: files, tables and steps, with the columns that passed through them. */
export function LineageTab({ dataset }: { readonly dataset: Dataset }) {
  const { data: lineage, error, refetch } = useQuery(datasetLineage(useApi(), dataset.name));
  const navigate = useNavigate();
  const graph = useMemo(() => lineage && toGraph(lineage), [lineage]);
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!graph) return <Skeleton height={320} />;
  const open = (id: string | undefined): void => {
    const name = id === undefined ? undefined : graph.tables.get(id);
    if (name !== undefined && name !== dataset.name) void navigate({ to: "/data/$dataset", params: { dataset: name }, search: { tab: "lineage" } });
  };
  return <Graph label={texts.reading.lineage(dataset.title)} nodes={graph.nodes} edges={graph.edges} onSelect={open} />;
}
