import { Button, Menu, Modal, Stack, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconCheck, IconPlus } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, type ReactElement, useState } from "react";
import { useApi, useSession, useSignedIn } from "../api/context.tsx";
import { ErrorState } from "../components/error-state.tsx";
import { texts } from "../texts/index.ts";

const words = texts.frame;

/** Which workspace the pages show, and making another one. */
export function WorkspaceSwitcher({ children }: { readonly children: ReactElement }) {
  const session = useSession();
  const signedIn = useSignedIn();
  const navigate = useNavigate();
  const [isCreating, { open, close }] = useDisclosure();
  if (!signedIn) return null;
  const switchTo = (id: string): void => {
    session.switchWorkspace(id);
    void navigate({ to: "/ask" });
  };
  return (
    <>
      <Menu position="bottom-start" defaultOpened width={260}>
        <Menu.Target>{children}</Menu.Target>
        <Menu.Dropdown>
          {signedIn.workspaces.map(({ id, name }) => (
            <Menu.Item key={id} onClick={() => switchTo(id)} rightSection={id === signedIn.workspaceId ? <IconCheck size={14} aria-hidden /> : undefined}>
              {name}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item leftSection={<IconPlus size={14} aria-hidden />} onClick={open}>
            {words.newWorkspace}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Modal opened={isCreating} onClose={close} title={words.newWorkspace} closeButtonProps={{ "aria-label": words.close }}>
        <NewWorkspace
          onDone={(id) => {
            close();
            switchTo(id);
          }}
        />
      </Modal>
    </>
  );
}

function NewWorkspace({ onDone }: { readonly onDone: (id: string) => void }) {
  const api = useApi();
  const session = useSession();
  const [name, setName] = useState("");
  const create = useMutation({
    mutationFn: async () => {
      const workspace = await api.createWorkspace({ body: { name } });
      session.refresh(await api.getSession());
      return workspace.id;
    },
    onSuccess: onDone,
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    create.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label={words.newWorkspaceName}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          required
          maxLength={120}
          data-autofocus
        />
        {create.error && <ErrorState error={create.error} />}
        <Button type="submit" loading={create.isPending}>
          {words.create}
        </Button>
      </Stack>
    </form>
  );
}
