import { Button, Group, Modal, Stack, TagsInput, Textarea } from "@mantine/core";
import type { Column, Dataset } from "@rivergen/contracts";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useState } from "react";
import { useApi } from "../../../api/context.tsx";
import { keys } from "../../../api/keys.ts";
import { useToast } from "../../../app/toasts.tsx";
import { ErrorState } from "../../../components/error-state.tsx";
import { texts } from "../../../texts/index.ts";

const words = texts.data.columns;
const mostCharacters = 2_000;

interface Description {
  readonly description?: string;
  readonly columns?: { name: string; description: string; synonyms: string[]; labels: string[] }[];
}

function useDescribe(dataset: string, onDone: () => void) {
  const api = useApi();
  const queries = useQueryClient();
  const toast = useToast();
  return useMutation({
    mutationFn: (body: Description) => api.describeDataset({ params: { dataset }, body }),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: keys.datasets() });
      toast({ title: words.saved, tone: "good" });
      onDone();
    },
  });
}

export function DescribeTable({ dataset, onClose }: { readonly dataset: Dataset; readonly onClose: () => void }) {
  const [description, setDescription] = useState(dataset.description);
  const save = useDescribe(dataset.name, onClose);
  return (
    <DescribeDialog title={words.table} save={save} onClose={onClose} onSave={() => save.mutate({ description })}>
      <Textarea
        label={words.table}
        description={words.tableHint}
        autosize
        minRows={3}
        maxRows={10}
        maxLength={mostCharacters}
        value={description}
        onChange={(event) => setDescription(event.currentTarget.value)}
        data-autofocus
      />
    </DescribeDialog>
  );
}

export function DescribeColumn({ dataset, column, onClose }: { readonly dataset: string; readonly column: Column; readonly onClose: () => void }) {
  const { name } = column;
  const [description, setDescription] = useState(column.description);
  const [synonyms, setSynonyms] = useState([...(column.synonyms ?? [])]);
  const [labels, setLabels] = useState([...column.labels]);
  const save = useDescribe(dataset, onClose);
  const isLabelBad = labels.some((label) => !/^[a-z][a-z0-9_.]{0,62}$/.test(label));
  const submit = (): void => {
    if (!isLabelBad) save.mutate({ columns: [{ name, description, synonyms, labels }] });
  };
  return (
    <DescribeDialog title={words.edit(name)} save={save} onClose={onClose} onSave={submit}>
      <Textarea
        label={words.description}
        autosize
        minRows={2}
        maxRows={8}
        maxLength={mostCharacters}
        value={description}
        onChange={(event) => setDescription(event.currentTarget.value)}
        data-autofocus
      />
      <TagsInput label={words.synonyms} description={words.synonymsHint} value={synonyms} onChange={setSynonyms} maxTags={50} acceptValueOnBlur />
      <TagsInput
        label={words.labels}
        description={words.labelsHint}
        value={labels}
        onChange={setLabels}
        maxTags={20}
        acceptValueOnBlur
        error={isLabelBad ? words.badLabel : undefined}
      />
    </DescribeDialog>
  );
}

interface DescribeDialogProps {
  readonly title: string;
  readonly save: { readonly error: Error | null; readonly isPending: boolean };
  readonly onSave: () => void;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

function DescribeDialog({ title, save, onSave, onClose, children }: DescribeDialogProps) {
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onSave();
  };
  return (
    <Modal opened onClose={onClose} title={title} size="md" closeButtonProps={{ "aria-label": texts.frame.close }}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          {children}
          {save.error && <ErrorState error={save.error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {texts.frame.cancel}
            </Button>
            <Button type="submit" loading={save.isPending}>
              {texts.frame.save}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
