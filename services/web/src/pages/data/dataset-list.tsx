import { Badge, Button } from "@mantine/core";
import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { Dataset } from "@rivergen/contracts";
import { useState } from "react";
import { formatAgo, formatBytes, formatCount, formatTime } from "../../texts/format.ts";
import { texts } from "../../texts/index.ts";
import classes from "./data-page.module.css";
import { DatasetStatus } from "./dataset-status.tsx";
import { type FoundDataset, labelsOf, type ListSort, nextSort, type SortName } from "./list-datasets.ts";

const words = texts.data;
const heads: readonly { readonly by: SortName | "labels"; readonly className: string | undefined }[] = [
  { by: "name", className: undefined },
  { by: "status", className: undefined },
  { by: "rows", className: classes.end },
  { by: "columns", className: classes.endWide },
  { by: "size", className: classes.endWide },
  { by: "labels", className: classes.wideOnly },
  { by: "updated", className: classes.wideOnly },
];
const shownAtFirst = 200;
const shownLabels = 3;

interface DatasetListProps {
  readonly found: readonly FoundDataset[];
  readonly sort: ListSort;
  readonly onSort: (sort: string) => void;
}

/** Tables as rows, ordered by the head that was clicked last. */
export function DatasetList({ found, sort, onSort }: DatasetListProps) {
  const [isWhole, setIsWhole] = useState(false);
  const shown = isWhole ? found : found.slice(0, shownAtFirst);
  return (
    <>
      <div className={classes.frame}>
        <table className={classes.list} aria-label={texts.data.title}>
          <thead>
            <tr>
              {heads.map(({ by, className }) => (
                <th key={by} className={className} aria-sort={sort.by === by ? (sort.descending ? "descending" : "ascending") : undefined}>
                  {by === "labels" ? words.head.labels : <SortHead by={by} sort={sort} onSort={onSort} />}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((each) => (
              <DatasetRow key={each.dataset.id} {...each} />
            ))}
          </tbody>
        </table>
      </div>
      {shown.length < found.length && (
        <Button variant="subtle" mt="sm" onClick={() => setIsWhole(true)}>
          {words.showAll(found.length)}
        </Button>
      )}
    </>
  );
}

function SortHead({ by, sort, onSort }: { readonly by: SortName; readonly sort: ListSort; readonly onSort: (sort: string) => void }) {
  const Icon = sort.descending ? IconArrowDown : IconArrowUp;
  return (
    <button type="button" className={classes.head} onClick={() => onSort(nextSort(sort, by))} title={words.sortBy(words.head[by])}>
      {words.head[by]}
      {sort.by === by && <Icon size={13} stroke={2.2} aria-hidden />}
    </button>
  );
}

function DatasetRow({ dataset, columns }: FoundDataset) {
  const { name, title, description, rowCount, sizeBytes, updatedAt } = dataset;
  return (
    <tr>
      <td className={classes.nameCell}>
        <Link to="/data/$dataset" params={{ dataset: name }} className={classes.name}>
          {title}
        </Link>
        {title !== name && " "}
        {title !== name && <code className={classes.code}>{name}</code>}
        {(description !== "" || columns.length > 0) && (
          <div className={classes.description}>{columns.length > 0 ? words.matches(columns.slice(0, 5).join(", ")) : description}</div>
        )}
      </td>
      <td>
        <DatasetStatus dataset={dataset} />
      </td>
      <td className={classes.end}>{rowCount === null ? "–" : formatCount(rowCount)}</td>
      <td className={classes.endWide}>{dataset.version > 0 ? formatCount(dataset.columns.length) : "–"}</td>
      <td className={classes.endWide}>{sizeBytes === null ? "–" : formatBytes(sizeBytes)}</td>
      <td className={classes.wideOnly}>
        <Labels dataset={dataset} />
      </td>
      <td className={classes.wideOnly} title={formatTime(updatedAt)}>
        {formatAgo(updatedAt)}
      </td>
    </tr>
  );
}

function Labels({ dataset }: { readonly dataset: Dataset }) {
  const labels = labelsOf(dataset);
  return (
    <span className={classes.labels}>
      {labels.slice(0, shownLabels).map((label) => (
        <Badge key={label} variant="light" color="gray" size="sm" tt="none" fw={500}>
          {label}
        </Badge>
      ))}
      {labels.length > shownLabels && <span className={classes.soft}>+{labels.length - shownLabels}</span>}
    </span>
  );
}
