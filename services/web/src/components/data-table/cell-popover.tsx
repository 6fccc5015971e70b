import { ActionIcon, CopyButton, Group, Popover, Text } from "@mantine/core";
import { IconCheck, IconCopy, IconX } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { texts } from "../../texts/index.ts";
import classes from "./data-table.module.css";
import { toPlainText } from "./format-cell.ts";
import type { TableColumn } from "./row-source.ts";

const words = texts.table;

interface CellPopoverProps {
  /** Where it hangs, in pixels of the element around it. */
  readonly place: { readonly left: number; readonly top: number; readonly width: number; readonly height: number };
  readonly label: string;
  readonly width?: number;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** Something that hangs at a cell and takes the focus until it is closed. */
export function CellPopover({ place, label, width = 260, onClose, children }: CellPopoverProps) {
  return (
    <Popover opened onChange={(isOpen) => !isOpen && onClose()} position="bottom-start" width={width} shadow="md" trapFocus closeOnEscape withRoles={false}>
      <Popover.Target>
        <div className={classes.anchor} style={place} />
      </Popover.Target>
      <Popover.Dropdown role="dialog" aria-label={label} p="sm" onKeyDown={(event) => event.stopPropagation()} onMouseDown={(event) => event.stopPropagation()}>
        {children}
      </Popover.Dropdown>
    </Popover>
  );
}

/** A value in full, as it stands in the data. */
export function CellDetail({ column, value, onClose }: { readonly column: TableColumn; readonly value: unknown; readonly onClose: () => void }) {
  const text = typeof value === "object" && value !== null ? JSON.stringify(value, undefined, 2) : toPlainText(value);
  return (
    <>
      <Group justify="space-between" gap="xs" wrap="nowrap" mb={6}>
        <Text size="xs" c="dimmed" truncate>
          {column.name} · {column.type}
        </Text>
        <Group gap={2} wrap="nowrap">
          <CopyButton value={text}>
            {({ copied, copy }) => (
              <ActionIcon size="sm" variant="subtle" color="gray" aria-label={words.copy} onClick={copy}>
                {copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
              </ActionIcon>
            )}
          </CopyButton>
          <ActionIcon size="sm" variant="subtle" color="gray" aria-label={words.close} onClick={onClose} data-autofocus>
            <IconX size={14} />
          </ActionIcon>
        </Group>
      </Group>
      <div className={classes.detail}>{value === null || value === undefined ? words.null : text}</div>
    </>
  );
}
