import { ActionIcon, Alert, Button, Code, CopyButton, Group, Modal, Stack, Text, Tooltip } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconCheck, IconCopy, IconKey, IconPlus, IconTrash } from "@tabler/icons-react";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useApi, useSignedIn } from "../../api/context.tsx";
import { keys } from "../../api/keys.ts";
import { listApiKeys } from "../../api/queries.ts";
import { EmptyState } from "../../components/empty-state.tsx";
import { ErrorState } from "../../components/error-state.tsx";
import { type ListColumn, ListTable } from "../../components/list-table.tsx";
import { Page } from "../../components/page.tsx";
import { formatAgo, formatDate } from "../../texts/format.ts";
import { texts } from "../../texts/index.ts";
import classes from "./keys-page.module.css";
import { NewKey } from "./new-key.tsx";

const words = texts.settings.keys;

interface Key {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly workspaceId: string | null;
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly lastUsedAt: string | null;
}

/** Keys by which programs act as this person. */
export function KeysPage() {
  const query = useInfiniteQuery(listApiKeys(useApi()));
  const [isCreating, { open, close }] = useDisclosure();
  const [made, setMade] = useState<string>();
  const [leaving, setLeaving] = useState<Key>();
  const items = query.data?.pages.flatMap((page) => page.items);
  const columns = useColumns(setLeaving);
  return (
    <Page
      title={words.title}
      actions={
        <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={open}>
          {words.create}
        </Button>
      }
    >
      <Stack>
        <Text c="dimmed">{words.intro}</Text>
        {made !== undefined && <Made secret={made} onDone={() => setMade(undefined)} />}
        {query.error ? (
          <ErrorState error={query.error} onRetry={() => void query.refetch()} />
        ) : items?.length === 0 ? (
          <EmptyState title={words.empty} text={words.emptyText}>
            <Button variant="light" onClick={open}>
              {words.create}
            </Button>
          </EmptyState>
        ) : (
          <ListTable
            label={words.title}
            columns={columns}
            items={items}
            keyOf={({ id }) => id}
            onMore={query.hasNextPage ? () => void query.fetchNextPage() : undefined}
          />
        )}
      </Stack>
      <Modal opened={isCreating} onClose={close} title={words.create} closeButtonProps={{ "aria-label": texts.frame.close }}>
        <NewKey
          onMade={(key) => {
            setMade(key);
            close();
          }}
        />
      </Modal>
      {leaving && <Revoke apiKey={leaving} onClose={() => setLeaving(undefined)} />}
    </Page>
  );
}

function useColumns(onRevoke: (key: Key) => void): readonly ListColumn<Key>[] {
  const signedIn = useSignedIn();
  const nameOf = (id: string | null): string =>
    id === null ? words.everyWorkspace : (signedIn?.workspaces.find((workspace) => workspace.id === id)?.name ?? id);
  return [
    { heading: words.columns.name, render: ({ name }) => <b>{name}</b> },
    { heading: words.columns.workspace, isMinor: true, render: ({ workspaceId }) => nameOf(workspaceId) },
    { heading: words.columns.scopes, isMinor: true, render: ({ scopes }) => (scopes.length === 0 ? words.everything : scopes.join(", ")) },
    { heading: words.columns.created, isMinor: true, render: ({ createdAt }) => formatDate(createdAt) },
    { heading: words.columns.used, render: ({ lastUsedAt }) => (lastUsedAt === null ? words.neverUsed : formatAgo(lastUsedAt)) },
    { heading: words.columns.expires, isMinor: true, render: ({ expiresAt }) => (expiresAt === null ? words.never : formatDate(expiresAt)) },
    {
      heading: "",
      render: (key) => (
        <Tooltip label={words.revoke}>
          <ActionIcon variant="subtle" color="red" aria-label={`${words.revoke} ${key.name}`} onClick={() => onRevoke(key)}>
            <IconTrash size={16} aria-hidden />
          </ActionIcon>
        </Tooltip>
      ),
    },
  ];
}

/** The key itself, the only time it is shown. */
function Made({ secret, onDone }: { readonly secret: string; readonly onDone: () => void }) {
  return (
    <Alert color="green" icon={<IconKey size={18} aria-hidden />} title={words.made} role="status">
      <Stack gap="xs" align="flex-start">
        <Code block className={classes.secret}>
          {secret}
        </Code>
        <Group gap="xs">
          <CopyButton value={secret}>
            {({ copied, copy }) => (
              <Button size="xs" onClick={copy} leftSection={copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}>
                {copied ? texts.frame.copied : words.copy}
              </Button>
            )}
          </CopyButton>
          <Button size="xs" variant="default" onClick={onDone}>
            {words.done}
          </Button>
        </Group>
        <Text size="sm">{words.use}</Text>
        <Code block className={classes.secret}>{`curl -H "Authorization: Bearer $KEY" ${window.location.origin}/v1/datasets`}</Code>
      </Stack>
    </Alert>
  );
}

function Revoke({ apiKey, onClose }: { readonly apiKey: Key; readonly onClose: () => void }) {
  const api = useApi();
  const queries = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => api.deleteApiKey({ params: { id: apiKey.id } }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: keys.apiKeys() });
      onClose();
    },
  });
  return (
    <Modal opened onClose={onClose} title={words.revokeTitle(apiKey.name)} closeButtonProps={{ "aria-label": texts.frame.close }}>
      <Stack>
        <Text>{words.revokeText}</Text>
        {revoke.error && <ErrorState error={revoke.error} />}
        <Group justify="end">
          <Button variant="default" onClick={onClose}>
            {texts.frame.cancel}
          </Button>
          <Button color="red" loading={revoke.isPending} onClick={() => revoke.mutate()}>
            {words.revoke}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
