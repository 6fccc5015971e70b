import { Anchor, Button, Skeleton } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useApi } from "../../api/context.tsx";
import { keys } from "../../api/keys.ts";
import { allDatasets, yamlType } from "../../api/queries.ts";
import { useToast } from "../../app/toasts.tsx";
import { EmptyState } from "../../components/empty-state.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { Page } from "../../components/page.tsx";
import { DocumentBench } from "../../components/river/document-bench.tsx";
import { firstRiver } from "../../components/river/template.ts";
import { Unsaved } from "../../components/river/unsaved.tsx";
import { useRiverText } from "../../components/river/use-river-text.ts";
import { texts } from "../../texts/index.ts";

const words = texts.rivers;

/** A river written by hand: begins with one over a real table. */
export function NewRiverPage() {
  const { data, error, refetch } = useQuery(allDatasets(useApi()));
  const template = data && firstRiver(data, words.template.name, words.template.description);
  if (template !== undefined) return <Writing template={template} />;
  return (
    <Page title={words.new} trail={<Trail />}>
      {error && <ErrorState error={error} onRetry={() => void refetch()} />}
      {data ? (
        <EmptyState title={words.noTables} text={words.noTablesText}>
          <Button renderRoot={(props) => <Link to="/data" {...props} />}>{words.toData}</Button>
        </EmptyState>
      ) : (
        !error && <Skeleton height={520} />
      )}
    </Page>
  );
}

function Writing({ template }: { readonly template: string }) {
  const api = useApi();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const show = useToast();
  // What was begun stays, whatever tables come meanwhile.
  const [begun] = useState(template);
  const draft = useRiverText(begun);
  const create = useMutation({
    mutationFn: () => api.createRiver({ stream: draft.text, headers: yamlType }),
    onSuccess: ({ name, version }) => {
      void queries.invalidateQueries({ queryKey: keys.rivers() });
      show({ title: words.saved(name, version), tone: "good" });
      return navigate({ to: "/rivers/$river", params: { river: name }, ignoreBlocker: true });
    },
  });
  return (
    <Page
      wide
      title={words.new}
      trail={<Trail />}
      actions={
        <Button disabled={!draft.validity.isValid} loading={create.isPending} onClick={() => create.mutate()}>
          {words.create}
        </Button>
      }
    >
      <Unsaved isEdited={draft.isEdited} />
      {create.error && <ErrorState error={create.error} />}
      <DocumentBench text={draft.text} validity={draft.validity} document={draft.document} onChange={draft.write} />
    </Page>
  );
}

function Trail() {
  return (
    <Anchor size="sm" renderRoot={(props) => <Link to="/rivers" {...props} />}>
      {words.title}
    </Anchor>
  );
}
