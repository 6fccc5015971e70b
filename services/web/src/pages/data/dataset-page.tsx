import { Alert, Skeleton, Tabs, Text } from "@mantine/core";
import type { Dataset } from "@rivergen/contracts";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useApi } from "../../api/context.tsx";
import { oneDataset } from "../../api/queries.ts";
import { EmptyState } from "../../components/empty-state.tsx";
import { PageError } from "../../components/page-error.tsx";
import { Page } from "../../components/page.tsx";
import { formatAgo, formatBytes } from "../../texts/format.ts";
import { texts } from "../../texts/index.ts";
import { DatasetStatus } from "./dataset-status.tsx";
import { ColumnsTab } from "./dataset/columns-tab.tsx";
import classes from "./dataset/dataset.module.css";
import { DatasetActions } from "./dataset/dataset-actions.tsx";
import { LineageTab } from "./dataset/lineage-tab.tsx";
import { PreviewTab } from "./dataset/preview-tab.tsx";
import { ProfileTab } from "./dataset/profile-tab.tsx";
import { ReadingTab } from "./dataset/reading-tab.tsx";
import { RejectedTab } from "./dataset/rejected-tab.tsx";
import { VersionsTab } from "./dataset/versions-tab.tsx";

const words = texts.data;
const tabs = {
  preview: PreviewTab,
  profile: ProfileTab,
  columns: ColumnsTab,
  reading: ReadingTab,
  rejected: RejectedTab,
  versions: VersionsTab,
  lineage: LineageTab,
} as const;
type TabName = keyof typeof tabs;
const isTab = (name: string | undefined): name is TabName => name !== undefined && Object.hasOwn(tabs, name);

/** One table from all its sides; the side that is shown stands in the address. */
export function DatasetPage() {
  const { dataset: name } = useParams({ from: "/inside/data/$dataset" });
  const { data: dataset, error, refetch } = useQuery(oneDataset(useApi(), name));
  return (
    <Page
      wide
      title={dataset?.title ?? name}
      trail={<Link to="/data">{words.title}</Link>}
      badge={dataset && <DatasetStatus dataset={dataset} />}
      actions={dataset && <DatasetActions dataset={dataset} />}
    >
      {error && <PageError error={error} onRetry={() => void refetch()} />}
      {!dataset && !error && <Waiting />}
      {dataset && <Sides dataset={dataset} />}
    </Page>
  );
}

/** The shape of what comes: facts, sides, rows. */
function Waiting() {
  return (
    <div aria-busy aria-label={texts.frame.loading}>
      <div className={classes.facts}>
        <Skeleton height={20} width="min(420px, 80%)" />
      </div>
      <div className={classes.waitingTabs}>
        {[56, 48, 62, 58, 60].map((width, index) => (
          <Skeleton key={index} height={14} width={width} />
        ))}
      </div>
      <div className={classes.waitingRows}>
        {Array.from({ length: 12 }, (_, index) => (
          <Skeleton key={index} height={12} width={`${88 - ((index * 17) % 40)}%`} />
        ))}
      </div>
    </div>
  );
}

function Sides({ dataset }: { readonly dataset: Dataset }) {
  const { tab } = useSearch({ from: "/inside/data/$dataset" });
  const navigate = useNavigate({ from: "/data/$dataset" });
  const shown = tabsOf(dataset);
  const [first] = shown;
  const chosen = isTab(tab) && shown.includes(tab) ? tab : first;
  if (dataset.status === "profiling" && dataset.version === 0) return <EmptyState title={words.status.profiling} text={words.profiling} />;
  const Content = tabs[chosen ?? "reading"];
  return (
    <>
      <Facts dataset={dataset} />
      {dataset.status === "rejected" && (
        <Alert color="red" title={words.rejectedTitle} mb="md">
          <Text size="sm">{dataset.reason}</Text>
          <Text size="sm">{words.rejectedHelp}</Text>
        </Alert>
      )}
      <Tabs
        value={chosen ?? null}
        onChange={(next) => void navigate({ search: next === null || next === first ? {} : { tab: next }, replace: true })}
        keepMounted={false}
        className={classes.tabs ?? ""}
      >
        <Tabs.List className={classes.tabList ?? ""}>
          {shown.map((each) => (
            <Tabs.Tab key={each} value={each}>
              {words.tabs[each]}
              {each === "rejected" && ` (${dataset.rejected?.count ?? 0})`}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={chosen ?? "reading"} pt="md">
          <Content dataset={dataset} />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}

/** What can be said of a table: nothing of rows before there is a version, nothing of rejected rows where there are none. */
function tabsOf({ version, rejected, source }: Dataset): readonly TabName[] {
  const names = Object.keys(tabs) as TabName[];
  return names.filter((name) => {
    if (name === "rejected") return (rejected?.count ?? 0) > 0;
    if (name === "reading") return source.kind === "file";
    return version > 0;
  });
}

function Facts({ dataset }: { readonly dataset: Dataset }) {
  const { name, title, description, rowCount, sizeBytes, columns, version, source, updatedAt } = dataset;
  const facts = [
    ...(rowCount === null ? [] : [words.rows(rowCount), words.columnCount(columns.length)]),
    ...(sizeBytes === null ? [] : [formatBytes(sizeBytes)]),
    ...(version > 0 ? [words.version(version)] : []),
    ...(source.path === undefined ? [] : [source.path]),
    words.changed(formatAgo(updatedAt)),
  ];
  return (
    <div className={classes.facts}>
      {description !== "" && <p className={classes.about}>{description}</p>}
      <p className={classes.line}>
        {title !== name && <code>{name}</code>}
        {facts.map((fact) => (
          <span key={fact}>{fact}</span>
        ))}
      </p>
    </div>
  );
}
