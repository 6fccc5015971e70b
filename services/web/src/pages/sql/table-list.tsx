import { ActionIcon, Skeleton } from "@mantine/core";
import { IconChevronRight, IconPlayerPlay } from "@tabler/icons-react";
import type { Dataset } from "@rivergen/contracts";
import { useState } from "react";
import { formatCompact } from "../../texts/format.ts";
import { texts } from "../../texts/index.ts";
import { findDatasets } from "../data/list-datasets.ts";
import classes from "./sql-page.module.css";
import { quoteName } from "./starting-query.ts";

const words = texts.sql;

interface TableListProps {
  readonly datasets: readonly Dataset[] | undefined;
  readonly text: string;
  readonly onInsert: (name: string) => void;
  readonly onTable: (name: string) => void;
}

/** Tables that can be named in a statement; a click puts the name of a table or column into it. */
export function TableList({ datasets, text, onInsert, onTable }: TableListProps) {
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  if (!datasets) return <Bones />;
  const found = findDatasets(
    datasets.filter(({ version }) => version > 0),
    text,
    { by: "name", descending: false },
  );
  if (found.length === 0) return <p className={classes.none}>{text === "" ? words.noTables.title : words.noTable(text)}</p>;
  const toggle = (name: string): void =>
    setOpen((before) => (before.has(name) ? new Set([...before].filter((each) => each !== name)) : new Set([...before, name])));
  return (
    <ul className={classes.tree}>
      {found.map(({ dataset, columns }) => (
        <TableItem
          key={dataset.id}
          dataset={dataset}
          isOpen={open.has(dataset.name) || columns.length > 0}
          onToggle={() => toggle(dataset.name)}
          onInsert={onInsert}
          onTable={onTable}
        />
      ))}
    </ul>
  );
}

const boneRows = 6;
function Bones() {
  return (
    <div className={classes.bones} aria-busy aria-label={texts.frame.loading}>
      {Array.from({ length: boneRows }, (_, row) => (
        <Skeleton key={row} height={12} width={`${70 - ((row * 13) % 35)}%`} />
      ))}
    </div>
  );
}

interface TableItemProps extends Pick<TableListProps, "onInsert" | "onTable"> {
  readonly dataset: Dataset;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}

function TableItem({ dataset: { name, columns, rowCount }, isOpen, onToggle, onInsert, onTable }: TableItemProps) {
  return (
    <li>
      <div className={classes.tableLine}>
        <button type="button" className={classes.table} aria-expanded={isOpen} onClick={onToggle}>
          <IconChevronRight size={14} className={isOpen ? classes.opened : classes.closed} aria-hidden />
          <span className={classes.name} title={name}>
            {name}
          </span>
          {rowCount !== null && <span className={classes.soft}>{formatCompact(rowCount)}</span>}
        </button>
        <ActionIcon size="sm" variant="subtle" aria-label={words.select(name)} title={words.select(name)} onClick={() => onTable(name)}>
          <IconPlayerPlay size={13} />
        </ActionIcon>
      </div>
      {isOpen && (
        <ul className={classes.columns}>
          {columns.map((column) => (
            <li key={column.name}>
              <button type="button" className={classes.column} title={words.insert(column.name)} onClick={() => onInsert(quoteName(column.name))}>
                <span className={classes.name}>{column.name}</span>
                <span className={classes.soft}>{column.type}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}
