import { Badge } from "@mantine/core";
import type { RunStatus } from "@rivergen/contracts";
import { texts } from "../texts/index.ts";

const colors: Record<RunStatus, string> = {
  queued: "gray",
  waiting: "gray",
  running: "river",
  succeeded: "green",
  partly_succeeded: "yellow",
  failed: "red",
  cancelled: "gray",
};

/** State of a run, in a word and a colour. */
export function StatusBadge({ status }: { readonly status: RunStatus }) {
  return (
    <Badge color={colors[status]} variant="light" radius="sm" tt="none" fw={600} miw="max-content">
      {texts.runs.status[status]}
    </Badge>
  );
}
