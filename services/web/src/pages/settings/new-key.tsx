import { Button, MultiSelect, Select, Stack, TextInput } from "@mantine/core";
import { type KeyScope, keyScopes } from "@rivergen/contracts";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useApi, useSignedIn } from "../../api/context.tsx";
import { keys } from "../../api/keys.ts";
import { ErrorState } from "../../components/error-state.tsx";
import { texts } from "../../texts/index.ts";

const words = texts.settings.keys;
const lifetimes = [7, 30, 90, 365];
const dayMs = 86_400_000;

/** The form that makes a key. */
export function NewKey({ onMade }: { readonly onMade: (key: string) => void }) {
  const api = useApi();
  const queries = useQueryClient();
  const signedIn = useSignedIn();
  const [name, setName] = useState("");
  const [workspaceId, setWorkspaceId] = useState<string | null>(signedIn?.workspaceId ?? null);
  const [chosen, setChosen] = useState<string[]>([]);
  const [days, setDays] = useState<string | null>("90");
  const create = useMutation({
    mutationFn: () =>
      api.createApiKey({
        body: {
          name,
          ...(workspaceId === null ? {} : { workspaceId }),
          ...(chosen.length === 0 ? {} : { scopes: chosen as KeyScope[] }),
          ...(days === null ? {} : { expiresAt: new Date(Date.now() + Number(days) * dayMs).toISOString() }),
        },
      }),
    onSuccess: ({ key }) => {
      onMade(key);
      void queries.invalidateQueries({ queryKey: keys.apiKeys() });
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    create.mutate();
  };
  const workspaces = (signedIn?.workspaces ?? []).map((workspace) => ({ value: workspace.id, label: workspace.name }));
  const lifetimeNames = lifetimes.map((value) => ({ value: String(value), label: words.days(value) }));
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label={words.name}
          placeholder={words.namePlaceholder}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          required
          maxLength={120}
          data-autofocus
        />
        <Select label={words.workspace} placeholder={words.everyWorkspace} data={workspaces} value={workspaceId} onChange={setWorkspaceId} clearable />
        <MultiSelect label={words.scopes} description={words.scopesHint} data={keyScopes} value={chosen} onChange={setChosen} searchable clearable />
        <Select label={words.expires} placeholder={words.never} data={lifetimeNames} value={days} onChange={setDays} clearable />
        {create.error && <ErrorState error={create.error} />}
        <Button type="submit" loading={create.isPending}>
          {words.make}
        </Button>
      </Stack>
    </form>
  );
}
