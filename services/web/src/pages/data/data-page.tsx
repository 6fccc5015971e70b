import { Skeleton, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useApi } from "../../api/context.tsx";
import { allDatasets } from "../../api/queries.ts";
import { EmptyState } from "../../components/empty-state.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { Page } from "../../components/page.tsx";
import { texts } from "../../texts/index.ts";
import classes from "./data-page.module.css";
import { DatasetList } from "./dataset-list.tsx";
import { findDatasets, readSort } from "./list-datasets.ts";
import { DropZone } from "./uploads/drop-zone.tsx";
import { UploadButtons } from "./uploads/upload-buttons.tsx";
import { UploadList } from "./uploads/upload-list.tsx";

const words = texts.data;

/** Every table of the workspace, and the way in for new ones. */
export function DataPage() {
  const { data: datasets, error, refetch } = useQuery(allDatasets(useApi()));
  const isEmpty = datasets?.length === 0;
  return (
    <Page title={words.title} actions={isEmpty ? undefined : <UploadButtons />}>
      <DropZone />
      <UploadList />
      {error && <ErrorState error={error} onRetry={() => void refetch()} />}
      {!datasets && !error && <Waiting />}
      {isEmpty && (
        <EmptyState title={words.empty.title} text={words.empty.text}>
          <div className={classes.begin}>
            <UploadButtons />
          </div>
        </EmptyState>
      )}
      {datasets && !isEmpty && <Found datasets={datasets} />}
    </Page>
  );
}

function Found({ datasets }: { readonly datasets: Parameters<typeof findDatasets>[0] }) {
  const search = useSearch({ from: "/inside/data" });
  const navigate = useNavigate({ from: "/data" });
  const sort = readSort(search.sort);
  const found = findDatasets(datasets, search.q ?? "", sort);
  const onSearch = (text: string): void => void navigate({ search: ({ q: _, ...rest }) => (text === "" ? rest : { ...rest, q: text }), replace: true });
  return (
    <>
      <div className={classes.tools}>
        <TextInput
          className={classes.search}
          leftSection={<IconSearch size={16} aria-hidden />}
          type="search"
          placeholder={words.search}
          aria-label={words.search}
          value={search.q ?? ""}
          onChange={(event) => onSearch(event.currentTarget.value)}
        />
        <span className={classes.count} role="status">
          {words.count(found.length)}
        </span>
      </div>
      {found.length === 0 ? (
        <p className={classes.none}>{words.noMatch(search.q ?? "")}</p>
      ) : (
        <DatasetList found={found} sort={sort} onSort={(next) => void navigate({ search: (before) => ({ ...before, sort: next }), replace: true })} />
      )}
    </>
  );
}

function Waiting() {
  return (
    <div aria-busy aria-label={texts.frame.loading}>
      <div className={classes.tools}>
        <Skeleton height={36} className={classes.search ?? ""} />
      </div>
      <div className={`${classes.frame} ${classes.waiting}`}>
        {Array.from({ length: 8 }, (_, index) => (
          <div key={index}>
            <Skeleton height={14} width={`${30 - ((index * 7) % 16)}%`} />
            <Skeleton height={12} width={48} ml="auto" />
          </div>
        ))}
      </div>
    </div>
  );
}
