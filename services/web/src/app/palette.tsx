import { ActionIcon } from "@mantine/core";
import { useDisclosure, useHotkeys } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { Suspense } from "react";
import { texts } from "../texts/index.ts";
import { lazyPart } from "../components/lazy-part.ts";

const PaletteDialog = lazyPart(() => import("./palette-dialog.tsx").then(({ PaletteDialog: component }) => component));

/** Ctrl-K (⌘K): finds and does everything that has a name. */
export function Palette() {
  const [isOpen, { open, close, toggle }] = useDisclosure();
  useHotkeys([["mod+K", toggle]], []);
  return (
    <>
      <ActionIcon variant="subtle" size="lg" aria-label={texts.frame.palette.open} title={texts.frame.palette.open} onClick={open}>
        <IconSearch size={18} aria-hidden />
      </ActionIcon>
      {isOpen && (
        <Suspense>
          <PaletteDialog onClose={close} />
        </Suspense>
      )}
    </>
  );
}
