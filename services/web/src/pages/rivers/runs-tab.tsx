import { Anchor } from "@mantine/core";
import type { River, Run } from "@rivergen/contracts";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useApi } from "../../api/context.tsx";
import { listRuns } from "../../api/queries.ts";
import { EmptyState } from "../../components/empty-state.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { type ListColumn, ListTable } from "../../components/list-table.tsx";
import { tookMs } from "../../components/run/step-facts.ts";
import { StatusBadge } from "../../components/status-badge.tsx";
import { formatAgo, formatDuration, formatPrice, formatTime } from "../../texts/format.ts";
import { texts } from "../../texts/index.ts";

const words = texts.runs;

/** Runs of one river, newest first. */
export function RunsTab({ river }: { readonly river: River }) {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(listRuns(useApi(), { river: river.id }));
  const items = data?.pages.flatMap((page) => page.items);
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (items?.length === 0) return <EmptyState title={texts.rivers.noRuns} text={texts.rivers.noRunsText} />;
  return (
    <ListTable
      label={words.title}
      columns={columns}
      items={items}
      keyOf={({ id }) => id}
      onMore={hasNextPage ? () => void fetchNextPage() : undefined}
      isReadingMore={isFetchingNextPage}
    />
  );
}

const columns: readonly ListColumn<Run>[] = [
  {
    heading: words.columns.started,
    render: ({ id, createdAt }) => (
      <Anchor title={formatTime(createdAt)} renderRoot={(props) => <Link to="/runs/$run" params={{ run: id }} {...props} />}>
        {formatAgo(createdAt)}
      </Anchor>
    ),
  },
  { heading: words.columns.status, render: ({ status }) => <StatusBadge status={status} /> },
  { heading: texts.rivers.columns.version, isNumber: true, render: ({ river }) => river.version },
  { heading: words.columns.duration, isNumber: true, render: (run) => describeTook(tookMs(run, Date.now())) },
  { heading: words.columns.price, isNumber: true, isMinor: true, render: ({ metered }) => (metered ? formatPrice(metered.price, metered.currency) : "–") },
];

const describeTook = (ms: number | null): string => (ms === null ? "–" : formatDuration(ms));
