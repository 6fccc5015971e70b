import { ActionIcon, Indicator, Popover, ScrollArea, Text } from "@mantine/core";
import { IconBell } from "@tabler/icons-react";
import { useState } from "react";
import { useLive } from "../api/context.tsx";
import { texts } from "../texts/index.ts";
import { EventLine } from "./event-line.tsx";

const words = texts.frame.inbox;

/** What happened since the page was opened. */
export function Inbox() {
  const { events, unread, markRead } = useLive();
  const [isOpen, setIsOpen] = useState(false);
  const toggle = (open: boolean): void => {
    setIsOpen(open);
    if (open) markRead();
  };
  return (
    <Popover opened={isOpen} onChange={toggle} position="bottom-end" width={360}>
      <Indicator disabled={unread === 0} label={unread > 99 ? "99+" : unread} size={16} offset={5}>
        <Popover.Target>
          <ActionIcon variant="subtle" size="lg" aria-label={words.open(unread)} onClick={() => toggle(!isOpen)}>
            <IconBell size={18} />
          </ActionIcon>
        </Popover.Target>
      </Indicator>
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
