import { Badge } from "@mantine/core";
import type { Dataset } from "@rivergen/contracts";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useApi } from "../../../api/context.tsx";
import { datasetVersions } from "../../../api/queries.ts";
import { ErrorState } from "../../../components/error-state.tsx";
import { ListTable } from "../../../components/list-table.tsx";
import { formatBytes, formatCount, formatTime } from "../../../texts/format.ts";
import { texts } from "../../../texts/index.ts";

const words = texts.reading.versions;

/** Every version, newest first, with what wrote it. */
export function VersionsTab({ dataset }: { readonly dataset: Dataset }) {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(datasetVersions(useApi(), dataset.name));
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />;
  return (
    <ListTable
      label={texts.data.tabs.versions}
      items={data?.pages.flatMap(({ items }) => items)}
      keyOf={({ version }) => String(version)}
      onMore={hasNextPage ? () => void fetchNextPage() : undefined}
      isReadingMore={isFetchingNextPage}
      columns={[
        {
          heading: words.version,
          render: ({ version }) => (
            <>
              {version}{" "}
              {version === dataset.version && (
                <Badge miw="max-content" size="xs" variant="light" tt="none">
                  {words.newest}
                </Badge>
              )}
            </>
          ),
        },
        { heading: words.written, render: ({ createdAt }) => <span style={{ whiteSpace: "nowrap" }}>{formatTime(createdAt)}</span> },
        { heading: words.rows, isNumber: true, render: ({ rowCount }) => formatCount(rowCount) },
        { heading: words.size, isNumber: true, isMinor: true, render: ({ sizeBytes }) => formatBytes(sizeBytes) },
        { heading: words.source, render: ({ source }) => <Source source={source} /> },
      ]}
    />
  );
}

function Source({ source }: { readonly source: Dataset["source"] }) {
  if (source.run !== undefined)
    return (
      <Link to="/runs/$run" params={{ run: source.run }}>
        {words.run(source.river ?? "")}
      </Link>
    );
  return source.path ?? source.kind;
}
