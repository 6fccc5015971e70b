import { Button, Group, Modal, Text } from "@mantine/core";
import { useBlocker } from "@tanstack/react-router";
import { texts } from "../../texts/index.ts";

const words = texts.rivers.unsaved;

/** Asks before a page is left whose text is not saved; whoever saves it leaves with `ignoreBlocker`. */
export function Unsaved({ isEdited }: { readonly isEdited: boolean }) {
  const { status, proceed, reset } = useBlocker({
    // Tabs of a page have one path: its text stays where it is.
    shouldBlockFn: ({ current, next }) => current.pathname !== next.pathname,
    enableBeforeUnload: true,
    disabled: !isEdited,
    withResolver: true,
  });
  if (status !== "blocked") return null;
  return (
    <Modal opened onClose={reset} title={words.title} closeButtonProps={{ "aria-label": texts.frame.close }}>
      <Text size="sm">{words.text}</Text>
      <Group justify="end" mt="md">
        <Button variant="default" onClick={proceed}>
          {words.leave}
        </Button>
        <Button data-autofocus onClick={reset}>
          {words.stay}
        </Button>
      </Group>
    </Modal>
  );
}
