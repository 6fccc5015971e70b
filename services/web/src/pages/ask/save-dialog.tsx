import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import type { Prompt } from "@rivergen/contracts";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useApi } from "../../api/context.tsx";
import { keys } from "../../api/keys.ts";
import { yamlType } from "../../api/queries.ts";
import { useToast } from "../../app/toasts.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { renameRiver } from "../../components/river/river-text.ts";
import { texts } from "../../texts/index.ts";
import { suggestName } from "./suggest-name.ts";
import type { RiverText } from "../../components/river/use-river-text.ts";

const words = texts.ask.answer;

interface SaveDialogProps {
  readonly river: NonNullable<Prompt["river"]>;
  readonly draft: RiverText;
  onClose(): void;
}

/** Keeps a planned river under a name; a text that was changed is kept as it stands now, and run. */
export function SaveDialog({ river, draft, onClose }: SaveDialogProps) {
  const [name, setName] = useState(() => suggestName(river.document.description ?? ""));
  const save = useSave(river.id, draft, onClose);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    save.mutate(name);
  };
  return (
    <Modal opened onClose={onClose} title={words.saveTitle} closeButtonProps={{ "aria-label": texts.frame.close }}>
      <form onSubmit={submit}>
        <Stack>
          <Text size="sm" c="dimmed">
            {words.saveText}
          </Text>
          <TextInput
            label={words.saveName}
            description={texts.rivers.nameHint}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            pattern="[a-z][a-z0-9_]*"
            maxLength={63}
            required
            data-autofocus
          />
          {save.error && <ErrorState error={save.error} />}
          <Group justify="end">
            <Button variant="default" onClick={onClose}>
              {texts.frame.cancel}
            </Button>
            <Button type="submit" loading={save.isPending}>
              {draft.isEdited ? words.runEdited : texts.frame.save}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function useSave(river: string, draft: RiverText, onClose: () => void) {
  const api = useApi();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const show = useToast();
  return useMutation({
    mutationFn: async (name: string) => {
      if (!draft.isEdited) return { saved: await api.saveDraft({ params: { river }, body: { name } }), run: undefined };
      const saved = await api.createRiver({ stream: renameRiver(draft.text, name), headers: yamlType });
      return { saved, run: await api.startRun({ params: { river: saved.id }, body: {} }) };
    },
    onSuccess: ({ saved, run }) => {
      void queries.invalidateQueries({ queryKey: keys.rivers() });
      show({ title: words.saved(saved.name), tone: "good" });
      onClose();
      return run && navigate({ to: "/runs/$run", params: { run: run.id }, ignoreBlocker: true });
    },
  });
}
