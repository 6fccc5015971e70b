import { Button, Skeleton } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { DataTable } from "../../components/data-table/data-table.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { texts } from "../../texts/index.ts";
import type { QueryState } from "./use-query-run.ts";

const words = texts.sql;

/** What a statement gave, or why it gave nothing. */
export function QueryResult({ state, hasTables }: { readonly state: QueryState; readonly hasTables: boolean }) {
  switch (state.kind) {
    case "running":
      return <Skeleton height={320} radius="md" />;
    case "failed":
      return <ErrorState error={state.error} />;
    case "done":
      return <DataTable source={state.answer.source} label={words.result} maxHeight="max(320px, calc(100dvh - 400px))" />;
    default:
      return hasTables ? (
        <EmptyState title={words.start.title} text={words.start.text} />
      ) : (
        <EmptyState title={words.noTables.title} text={words.noTables.text}>
          <Button variant="light" renderRoot={(props) => <Link to="/data" {...props} />}>
            {words.noTables.action}
          </Button>
        </EmptyState>
      );
  }
}
