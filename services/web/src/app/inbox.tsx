import { Popover, ScrollArea, Text } from "@mantine/core";
import { cloneElement, type ReactElement, useEffect, useState } from "react";
import { useLive } from "../api/context.tsx";
import { texts } from "../texts/index.ts";
import { EventLine } from "./event-line.tsx";

const words = texts.frame.inbox;

/** What happened since the page was opened. */
export function Inbox({ children }: { readonly children: ReactElement<{ onClick?: () => void }> }) {
  const { events, markRead } = useLive();
  const [isOpen, setIsOpen] = useState(true);
  useEffect(markRead, [markRead]);
  const toggle = (open: boolean): void => {
    setIsOpen(open);
    if (open) markRead();
  };
  return (
    <Popover opened={isOpen} onChange={toggle} position="bottom-end" width={360}>
      <Popover.Target>{cloneElement(children, { onClick: () => toggle(!isOpen) })}</Popover.Target>
      <Popover.Dropdown p="xs">
        <ScrollArea.Autosize mah={420}>
          {events.length === 0 && (
            <Text c="dimmed" size="sm" p="sm">
              {words.empty}
            </Text>
          )}
          {events.map((event) => (
            <EventLine key={event.seq} event={event} onFollow={() => toggle(false)} />
          ))}
        </ScrollArea.Autosize>
      </Popover.Dropdown>
    </Popover>
  );
}
