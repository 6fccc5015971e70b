import { Anchor, Button, Select, Text } from "@mantine/core";
import { isRunOver, type Run, runStatuses, type RunStatus } from "@rivergen/contracts";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useInterval } from "@mantine/hooks";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useApi } from "../../api/context.tsx";
import { listRivers, listRuns } from "../../api/queries.ts";
import { EmptyState } from "../../components/empty-state.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { type ListColumn, ListTable } from "../../components/list-table.tsx";
import { Page } from "../../components/page.tsx";
import { tookMs } from "../../components/run/step-facts.ts";
import { StatusBadge } from "../../components/status-badge.tsx";
import { formatAgo, formatCount, formatDuration, formatPrice, formatTime } from "../../texts/format.ts";
import { texts } from "../../texts/index.ts";
import { nameRiver } from "../../texts/river-name.ts";
import classes from "./runs-page.module.css";

const words = texts.runs;

/** Every run of the workspace, newest first; the filter stands in the address. */
export function RunsPage() {
  const { river, status } = useSearch({ from: "/inside/runs" });
  const api = useApi();
  const wanted = runStatuses.find((known) => known === status);
  const query = useInfiniteQuery(listRuns(api, { river, status: wanted }));
  const items = query.data?.pages.flatMap((page) => page.items);
  const isFiltered = river !== undefined || wanted !== undefined;
  return (
    <Page title={words.title}>
      <Filter river={river} status={wanted} />
      {query.error && <ErrorState error={query.error} onRetry={() => void query.refetch()} />}
      {items?.length === 0 ? (
        <Nothing isFiltered={isFiltered} />
      ) : (
        !query.error && (
          <ListTable
            label={words.title}
            columns={columns}
            items={items}
            keyOf={({ id }) => id}
            onMore={query.hasNextPage ? () => void query.fetchNextPage() : undefined}
            isReadingMore={query.isFetchingNextPage}
          />
        )
      )}
    </Page>
  );
}

function Nothing({ isFiltered }: { readonly isFiltered: boolean }) {
  return isFiltered ? (
    <EmptyState title={words.emptyFiltered} text={words.emptyFilteredText}>
      <Button variant="light" renderRoot={(props) => <Link to="/runs" search={{}} {...props} />}>
        {words.filter.clear}
      </Button>
    </EmptyState>
  ) : (
    <EmptyState title={words.empty} text={words.emptyText}>
      <Button renderRoot={(props) => <Link to="/ask" {...props} />}>{words.ask}</Button>
    </EmptyState>
  );
}

function Filter({ river, status }: { readonly river: string | undefined; readonly status: RunStatus | undefined }) {
  const api = useApi();
  const navigate = useNavigate();
  const { data } = useInfiniteQuery(listRivers(api));
  const names = new Set(data?.pages.flatMap((page) => page.items.map(({ name }) => name)));
  if (river !== undefined) names.add(river);
  const show = (next: { river?: string | undefined; status?: string | undefined }): void => {
    const all = { river, status, ...next };
    void navigate({ to: "/runs", search: { ...(all.river ? { river: all.river } : {}), ...(all.status ? { status: all.status } : {}) }, replace: true });
  };
  return (
    <div className={classes.filter}>
      <Select
        aria-label={words.filter.river}
        placeholder={words.filter.allRivers}
        data={[...names].map((name) => ({ value: name, label: nameRiver(name) }))}
        value={river ?? null}
        onChange={(value) => show({ river: value ?? undefined })}
        searchable
        clearable
        className={classes.wide}
      />
      <Select
        aria-label={words.filter.status}
        placeholder={words.filter.any}
        data={runStatuses.map((value) => ({ value, label: words.status[value] }))}
        value={status ?? null}
        onChange={(value) => show({ status: value ?? undefined })}
        clearable
        className={classes.narrow}
      />
    </div>
  );
}

const columns: readonly ListColumn<Run>[] = [
  {
    heading: words.columns.river,
    render: (run) => (
      <>
        <Anchor renderRoot={(props) => <Link to="/runs/$run" params={{ run: run.id }} {...props} />} fw={600}>
          {nameRiver(run.river.name)}
        </Anchor>
        <Text size="xs" c="dimmed">
          {words.version(run.river.version)}
          {run.attempt > 1 && ` · ${words.attempt(run.attempt)}`}
          <Text span inherit hiddenFrom="sm">
            {` · ${formatAgo(run.createdAt)}`}
          </Text>
        </Text>
      </>
    ),
  },
  { heading: words.columns.status, render: (run) => <StatusBadge status={run.status} /> },
  {
    heading: words.columns.started,
    isMinor: true,
    render: (run) => (
      <Text span size="sm" title={formatTime(run.createdAt)}>
        {formatAgo(run.createdAt)}
      </Text>
    ),
  },
  { heading: words.columns.duration, isNumber: true, render: (run) => <Took run={run} /> },
  { heading: words.columns.rows, isNumber: true, isMinor: true, render: (run) => formatRows(run) },
  { heading: words.columns.price, isNumber: true, isMinor: true, render: ({ metered }) => (metered ? formatPrice(metered.price, metered.currency) : "–") },
];

/** How long it took; for a run that goes on, so far. */
function Took({ run }: { readonly run: Run }) {
  const [now, setNow] = useState(() => Date.now());
  const isOver = isRunOver(run.status);
  useInterval(() => setNow(Date.now()), isOver ? 3_600_000 : 1_000, { autoInvoke: true });
  const ms = tookMs(run, now);
  if (ms === null) return "–";
  return isOver ? formatDuration(ms) : words.soFar(formatDuration(Math.floor(ms / 1_000) * 1_000));
}
const formatRows = ({ outputs }: Run): string => (outputs.length === 0 ? "–" : formatCount(outputs.reduce((sum, { rowCount }) => sum + rowCount, 0)));
