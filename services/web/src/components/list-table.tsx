import { Button, Skeleton, Table } from "@mantine/core";
import type { ReactNode } from "react";
import { texts } from "../texts/index.ts";
import classes from "./list-table.module.css";

/** One column of a list: its heading, and what it says of an item. */
export interface ListColumn<T> {
  readonly heading: string;
  /** Numbers stand at the end. */
  readonly isNumber?: boolean;
  /** Left out on narrow screens. */
  readonly isMinor?: boolean;
  render(item: T): ReactNode;
}

interface ListTableProps<T> {
  readonly label: string;
  readonly columns: readonly ListColumn<T>[];
  /** Undefined while they are read. */
  readonly items: readonly T[] | undefined;
  keyOf(item: T): string;
  /** Reads the next page; absent where this is all. */
  readonly onMore?: (() => void) | undefined;
  readonly isReadingMore?: boolean;
}

const skeletonRows = 8;

/** A list of things in rows, read page by page. */
export function ListTable<T>({ label, columns, items, keyOf, onMore, isReadingMore = false }: ListTableProps<T>) {
  const classOf = ({ isNumber, isMinor }: ListColumn<T>): string => [isNumber ? classes.number : "", isMinor ? classes.minor : ""].join(" ");
  return (
    <div className={classes.frame}>
      <Table.ScrollContainer minWidth={320} type="native" tabIndex={0} role="region" aria-label={label}>
        <Table highlightOnHover verticalSpacing="xs" aria-label={label} aria-busy={items === undefined}>
          <Table.Thead>
            <Table.Tr>
              {columns.map((column) => (
                <Table.Th key={column.heading} className={classOf(column)}>
                  {column.heading}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {items?.map((item) => (
              <Table.Tr key={keyOf(item)}>
                {columns.map((column) => (
                  <Table.Td key={column.heading} className={classOf(column)}>
                    {column.render(item)}
                  </Table.Td>
                ))}
              </Table.Tr>
            )) ??
              Array.from({ length: skeletonRows }, (_, row) => (
                <Table.Tr key={row}>
                  {columns.map((column) => (
                    <Table.Td key={column.heading} className={classOf(column)}>
                      <Skeleton height={14} my={4} />
                    </Table.Td>
                  ))}
                </Table.Tr>
              ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {onMore && (
        <div className={classes.more}>
          <Button variant="default" size="xs" onClick={onMore} loading={isReadingMore}>
            {texts.frame.more}
          </Button>
        </div>
      )}
    </div>
  );
}
