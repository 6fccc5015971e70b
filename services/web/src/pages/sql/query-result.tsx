import { Button, Group, Skeleton } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { DataTable } from "../../components/data-table/data-table.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { texts } from "../../texts/index.ts";
import type { QueryState } from "./use-query-run.ts";

const words = texts.sql;

const shownTables = 4;

interface QueryResultProps {
  readonly state: QueryState;
  /** Names of what can be queried; undefined while they are read. */
  readonly tables: readonly string[] | undefined;
  readonly onTable: (name: string) => void;
}

/** What a statement gave, or why it gave nothing. */
export function QueryResult({ state, tables, onTable }: QueryResultProps) {
  switch (state.kind) {
    case "running":
      return <Skeleton height={320} radius="md" />;
    case "failed":
      return <ErrorState error={state.error} />;
    case "done":
      return <DataTable source={state.answer.source} label={words.result} maxHeight="max(320px, calc(100dvh - 400px))" />;
    default:
      return tables === undefined || tables.length > 0 ? (
        <EmptyState title={words.start.title} text={words.start.text}>
          <Group gap="xs" justify="center" mih={30}>
            {tables?.slice(0, shownTables).map((name) => (
              <Button key={name} size="xs" variant="default" maw={260} title={words.select(name)} onClick={() => onTable(name)}>
                {words.select(name)}
              </Button>
            ))}
          </Group>
        </EmptyState>
      ) : (
        <EmptyState title={words.noTables.title} text={words.noTables.text}>
          <Button variant="light" renderRoot={(props) => <Link to="/data" {...props} />}>
            {words.noTables.action}
          </Button>
        </EmptyState>
      );
  }
}
