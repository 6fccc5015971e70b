import { Alert, Anchor, Button, CloseButton, Skeleton, Text } from "@mantine/core";
import type { Dataset } from "@rivergen/contracts";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { useApi } from "../../api/context.tsx";
import { allDatasets, onePrompt } from "../../api/queries.ts";
import { EmptyState } from "../../components/empty-state.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { Page } from "../../components/page.tsx";
import { texts } from "../../texts/index.ts";
import { AskBox } from "./ask-box.tsx";
import classes from "./ask.module.css";
import { exampleQuestions } from "./examples.ts";
import { History } from "./history.tsx";
import { useAsk } from "./use-ask.ts";

const words = texts.ask;

/** One box: a question about the tables of this workspace. */
export function AskPage() {
  const { text, follows } = useSearch({ from: "/inside/ask" });
  const { data, error, refetch } = useQuery(allDatasets(useApi()));
  const ready = useMemo(() => data?.filter(({ status }) => status === "ready"), [data]);
  const ask = useAsk();
  if (ready?.length === 0) return <NoTables />;
  return (
    <Page title={words.lead}>
      <div className={classes.page}>
        {follows !== undefined && <Follows prompt={follows} />}
        <AskBox
          key={text}
          label={words.box}
          hint={words.hint}
          initial={text ?? ""}
          isFocused
          isAsking={ask.isPending}
          onAsk={(asked) => ask.mutate({ text: asked, follows })}
        />
        {ask.error && <ErrorState error={ask.error} />}
        {error ? (
          <ErrorState error={error} onRetry={() => void refetch()} />
        ) : (
          <Examples tables={ready} isAsking={ask.isPending} onAsk={(text) => ask.mutate({ text, follows })} />
        )}
        <History />
      </div>
    </Page>
  );
}

interface ExamplesProps {
  /** Undefined while they are read. */
  readonly tables: readonly Dataset[] | undefined;
  readonly isAsking: boolean;
  onAsk(text: string): void;
}

/** Questions that these tables answer. */
function Examples({ tables, isAsking, onAsk }: ExamplesProps) {
  return (
    <section aria-labelledby="examples">
      <h2 id="examples" className={classes.heading}>
        {words.examples}
      </h2>
      <div className={classes.examples}>
        {tables
          ? exampleQuestions(tables, words.example).map((example) => (
              <Button key={example} variant="default" size="sm" className={classes.example} disabled={isAsking} onClick={() => onAsk(example)}>
                {example}
              </Button>
            ))
          : [190, 230, 160].map((width) => <Skeleton key={width} width={width} height={34} />)}
      </div>
    </section>
  );
}

function NoTables() {
  return (
    <Page title={words.lead}>
      <EmptyState title={words.noTables} text={words.noTablesText}>
        <Button size="md" renderRoot={(props) => <Link to="/data" {...props} />}>
          {words.toUpload}
        </Button>
      </EmptyState>
    </Page>
  );
}

/** The question that this one goes on from. */
function Follows({ prompt }: { readonly prompt: string }) {
  const navigate = useNavigate();
  const { data } = useQuery(onePrompt(useApi(), prompt));
  return (
    <Alert color="river" py={6} className={classes.follows}>
      <Text size="sm" span>
        {words.follows}{" "}
        <Anchor size="sm" renderRoot={(props) => <Link to="/ask/$prompt" params={{ prompt }} {...props} />}>
          {data?.text ?? prompt}
        </Anchor>
      </Text>
      <CloseButton size="sm" aria-label={words.followsClear} onClick={() => void navigate({ to: "/ask", search: {}, replace: true })} />
    </Alert>
  );
}
