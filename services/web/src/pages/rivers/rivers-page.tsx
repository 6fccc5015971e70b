import { Anchor, Button, Text, TextInput } from "@mantine/core";
import type { River } from "@rivergen/contracts";
import { IconPlus, IconSearch } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect } from "react";
import { useApi } from "../../api/context.tsx";
import { listRivers } from "../../api/queries.ts";
import { EmptyState } from "../../components/empty-state.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { type ListColumn, ListTable } from "../../components/list-table.tsx";
import { Page } from "../../components/page.tsx";
import { formatAgo, formatTime } from "../../texts/format.ts";
import { texts } from "../../texts/index.ts";

const words = texts.rivers;

/** Every river that is kept; the search stands in the address. */
export function RiversPage() {
  const { q = "" } = useSearch({ from: "/inside/rivers" });
  const navigate = useNavigate();
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(listRivers(useApi()));
  // A search goes over all of them.
  useEffect(() => {
    if (q !== "" && hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [q, hasNextPage, isFetchingNextPage, fetchNextPage]);
  const all = data?.pages.flatMap((page) => page.items);
  const items = all?.filter(({ name, document }) => `${name} ${document.description ?? ""}`.toLowerCase().includes(q.toLowerCase()));
  return (
    <Page title={words.title} actions={<NewRiver />}>
      {all?.length === 0 && <Nothing />}
      {all?.length !== 0 && (
        <>
          <TextInput
            mb="md"
            maw={360}
            aria-label={words.search}
            placeholder={words.search}
            leftSection={<IconSearch size={16} aria-hidden />}
            value={q}
            onChange={({ currentTarget: { value } }) => void navigate({ to: "/rivers", search: value === "" ? {} : { q: value }, replace: true })}
          />
          {error ? (
            <ErrorState error={error} onRetry={() => void refetch()} />
          ) : items?.length === 0 ? (
            <EmptyState title={words.noMatch}>
              <Button variant="light" renderRoot={(props) => <Link to="/rivers" search={{}} {...props} />}>
                {words.showAll}
              </Button>
            </EmptyState>
          ) : (
            <ListTable
              label={words.title}
              columns={columns}
              items={items}
              keyOf={({ id }) => id}
              onMore={hasNextPage && q === "" ? () => void fetchNextPage() : undefined}
              isReadingMore={isFetchingNextPage}
            />
          )}
        </>
      )}
    </Page>
  );
}

const NewRiver = () => (
  <Button leftSection={<IconPlus size={16} aria-hidden />} renderRoot={(props) => <Link to="/rivers/new" {...props} />}>
    {words.new}
  </Button>
);

function Nothing() {
  return (
    <EmptyState title={words.empty} text={words.emptyText}>
      <Button renderRoot={(props) => <Link to="/ask" {...props} />}>{words.ask}</Button>
    </EmptyState>
  );
}

const columns: readonly ListColumn<River>[] = [
  {
    heading: words.columns.name,
    render: ({ name, document }) => (
      <>
        <Anchor fw={600} renderRoot={(props) => <Link to="/rivers/$river" params={{ river: name }} {...props} />}>
          {name}
        </Anchor>
        {document.description !== undefined && (
          <Text size="xs" c="dimmed" lineClamp={2} title={document.description}>
            {document.description}
          </Text>
        )}
      </>
    ),
  },
  {
    heading: words.columns.reads,
    isMinor: true,
    render: ({ document }) => [...new Set(Object.values(document.sources).map(({ dataset }) => dataset))].join(", "),
  },
  { heading: words.columns.writes, isMinor: true, render: ({ document }) => Object.keys(document.outputs).join(", ") },
  { heading: words.columns.steps, isNumber: true, isMinor: true, render: ({ document }) => Object.keys(document.steps ?? {}).length },
  { heading: words.columns.version, isNumber: true, render: ({ version }) => version },
  { heading: words.columns.changed, isNumber: true, render: ({ createdAt }) => <span title={formatTime(createdAt)}>{formatAgo(createdAt)}</span> },
];
