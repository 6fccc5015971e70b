import { Alert, Button, Group, Text } from "@mantine/core";
import { AppError, type River, toVersionTag } from "@rivergen/contracts";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useApi } from "../../api/context.tsx";
import { keys } from "../../api/keys.ts";
import { oneRiver, planOf, yamlType } from "../../api/queries.ts";
import { useToast } from "../../app/toasts.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { DocumentBench } from "../../components/river/document-bench.tsx";
import { Unsaved } from "../../components/river/unsaved.tsx";
import { useRiverText } from "../../components/river/use-river-text.ts";
import { texts } from "../../texts/index.ts";
import { isAsking } from "./parameter-fields.tsx";
import classes from "./rivers.module.css";

const words = texts.rivers;

/** The text of a river, changed here into its next version; a newer version of somebody else is not run over unseen. */
export function DocumentTab({ river }: { readonly river: River }) {
  // The version that the text was begun from: news of another one does not change what is being written.
  const [begun, setBegun] = useState(river);
  return <Editing key={begun.version} river={begun} newest={river} onTake={setBegun} />;
}

interface EditingProps {
  readonly river: River;
  readonly newest: River;
  onTake(river: River): void;
}

function Editing({ river, newest, onTake }: EditingProps) {
  const draft = useRiverText(river.document);
  const { data: plan, isLoading } = useQuery({ ...planOf(useApi(), river.id), enabled: river.version === newest.version && !isAsking(river) });
  const save = useSave(river, draft.text, onTake);
  const isConflict = (save.error instanceof AppError && save.error.code === "PRECONDITION_FAILED") || newest.version > river.version;
  return (
    <>
      <Unsaved isEdited={draft.isEdited} />
      {isConflict && !save.isPending && <Conflict newest={newest} isEdited={draft.isEdited} onMine={() => save.mutate("any")} onTheirs={onTake} />}
      {save.error && !isConflict && <ErrorState error={save.error} />}
      <div className={classes.bar}>
        <Button size="sm" disabled={!draft.isEdited || !draft.validity.isValid || river.draft} loading={save.isPending} onClick={() => save.mutate("this")}>
          {words.saveVersion}
        </Button>
        {draft.isEdited && (
          <Button size="sm" variant="subtle" onClick={draft.reset}>
            {words.discard}
          </Button>
        )}
      </div>
      <DocumentBench
        text={draft.text}
        validity={draft.validity}
        document={draft.document}
        plan={draft.isEdited ? undefined : plan}
        isPlanning={isLoading}
        onChange={draft.write}
      />
    </>
  );
}

/** Saves the next version: after `this` one only, or after `any` that is the newest. */
function useSave(river: River, text: string, onSaved: (river: River) => void) {
  const api = useApi();
  const queries = useQueryClient();
  const show = useToast();
  return useMutation({
    mutationFn: (after: "this" | "any") =>
      api.putRiver({ params: { river: river.name }, stream: text, headers: { ...yamlType, "if-match": after === "any" ? "*" : toVersionTag(river) } }),
    onSuccess: (saved) => {
      queries.setQueryData(oneRiver(api, river.name).queryKey, saved);
      void queries.invalidateQueries({ queryKey: keys.rivers() });
      // Comments and the like are not kept: where nothing else changed, there is no next version.
      const isSame = saved.version === river.version;
      show(isSame ? { title: words.savedSame(saved.version) } : { title: words.saved(saved.name, saved.version), tone: "good" });
      onSaved(saved);
    },
    onError: () => void queries.invalidateQueries({ queryKey: keys.river(river.name) }),
  });
}

interface ConflictProps {
  readonly newest: River;
  readonly isEdited: boolean;
  onMine(): void;
  onTheirs(river: River): void;
}

function Conflict({ newest, isEdited, onMine, onTheirs }: ConflictProps) {
  return (
    <Alert color="yellow" title={words.conflict} mb="md" role="alert">
      {isEdited && <Text size="sm">{words.conflictText}</Text>}
      <Group mt="xs" gap="sm">
        <Button size="xs" variant="light" onClick={() => onTheirs(newest)}>
          {isEdited ? words.conflictTheirs : words.showNewest(newest.version)}
        </Button>
        {isEdited && (
          <Button size="xs" variant="default" onClick={onMine}>
            {words.conflictMine}
          </Button>
        )}
      </Group>
    </Alert>
  );
}
