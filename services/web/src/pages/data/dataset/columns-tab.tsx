import { ActionIcon, Badge, Text } from "@mantine/core";
import { IconPencil } from "@tabler/icons-react";
import type { Column, Dataset } from "@rivergen/contracts";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { texts } from "../../../texts/index.ts";
import { DescribeColumn, DescribeTable } from "./describe-form.tsx";
import classes from "./dataset.module.css";

const words = texts.data.columns;

/** What the table and its columns are about, for people and for questions; each can be said better here. */
export function ColumnsTab({ dataset }: { readonly dataset: Dataset }) {
  const [edited, setEdited] = useState<Column | "table">();
  const close = (): void => setEdited(undefined);
  return (
    <>
      <div className={classes.describe}>
        <p className={dataset.description === "" ? classes.soft : undefined}>{dataset.description || texts.data.noDescription}</p>
        <ActionIcon variant="subtle" size="sm" mt={2} aria-label={words.editTable} onClick={() => setEdited("table")}>
          <IconPencil size={15} />
        </ActionIcon>
      </div>
      <div className={classes.frame}>
        <table className={classes.columns} aria-label={texts.data.tabs.columns}>
          <thead>
            <tr>
              <th>{words.name}</th>
              <th>{words.type}</th>
              <th className={classes.wideOnly}>{words.description}</th>
              <th className={classes.wideOnly}>{words.synonyms}</th>
              <th>{words.labels}</th>
              <td />
            </tr>
          </thead>
          <tbody>
            {dataset.columns.map((column) => (
              <ColumnRow key={column.name} column={column} onEdit={() => setEdited(column)} />
            ))}
          </tbody>
        </table>
      </div>
      <Keys keys={dataset.keys ?? []} />
      {edited === "table" && <DescribeTable dataset={dataset} onClose={close} />}
      {edited !== undefined && edited !== "table" && <DescribeColumn dataset={dataset.name} column={edited} onClose={close} />}
    </>
  );
}

function ColumnRow({ column, onEdit }: { readonly column: Column; readonly onEdit: () => void }) {
  const { name, type, nullable, description, synonyms = [], labels, note } = column;
  return (
    <tr>
      <td>
        <div className={classes.columnName}>{name}</div>
        {note !== undefined && <div className={classes.note}>{note}</div>}
      </td>
      <td>
        {type}
        {nullable && <div className={classes.soft}>{words.nullable}</div>}
      </td>
      <td className={classes.wideOnly}>{description}</td>
      <td className={classes.wideOnly}>{synonyms.join(", ")}</td>
      <td>
        <span className={classes.words}>
          {labels.map((label) => (
            <Badge key={label} variant="light" size="sm" tt="none" fw={500}>
              {label}
            </Badge>
          ))}
        </span>
      </td>
      <td className={classes.edit}>
        <ActionIcon variant="subtle" size="sm" aria-label={words.edit(name)} onClick={onEdit}>
          <IconPencil size={15} />
        </ActionIcon>
      </td>
    </tr>
  );
}

function Keys({ keys }: { readonly keys: NonNullable<Dataset["keys"]> }) {
  if (keys.length === 0) return null;
  return (
    <section>
      <h2 className={classes.section}>{words.keys}</h2>
      <ul className={classes.keys}>
        {keys.map(({ column, to, coverage }) => (
          <li key={`${column} ${to.dataset} ${to.column}`}>
            <Link to="/data/$dataset" params={{ dataset: to.dataset }} search={{ tab: "columns" }}>
              {words.key(column, to.dataset, to.column)}
            </Link>{" "}
            <Text span size="xs" c="dimmed">
              {words.coverage(coverage)}
            </Text>
          </li>
        ))}
      </ul>
    </section>
  );
}
