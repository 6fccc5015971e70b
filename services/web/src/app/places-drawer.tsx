import { Drawer } from "@mantine/core";
import type { ReactNode } from "react";
import { texts } from "../texts/index.ts";

const words = texts.frame;

interface PlacesDrawerProps {
  onClose(): void;
  readonly children: ReactNode;
}

/** The navigation on a narrow screen. */
export function PlacesDrawer({ onClose, children }: PlacesDrawerProps) {
  return (
    <Drawer opened onClose={onClose} size={240} title={words.name} hiddenFrom="sm" closeButtonProps={{ "aria-label": words.close }}>
      {children}
    </Drawer>
  );
}
