import { Badge, Loader } from "@mantine/core";
import type { Dataset } from "@rivergen/contracts";
import { texts } from "../../texts/index.ts";
import classes from "./data-page.module.css";

const words = texts.data;
const colors = { profiling: "river", rejected: "red" } as const;

/** Whether a table can be used, and whether all of its file could be read. That all is well is said quietly. */
export function DatasetStatus({ dataset: { status, rejected } }: { readonly dataset: Pick<Dataset, "status" | "rejected"> }) {
  const lost = rejected?.count ?? 0;
  return (
    <span style={{ display: "inline-flex", gap: 6, flexWrap: "wrap", alignItems: "center" }}>
      {status === "ready" ? (
        <span className={classes.ready}>{words.status.ready}</span>
      ) : (
        <Badge
          miw="max-content"
          variant="light"
          color={colors[status]}
          size="sm"
          tt="none"
          fw={550}
          leftSection={status === "profiling" ? <Loader size={10} /> : undefined}
        >
          {words.status[status]}
        </Badge>
      )}
      {status === "ready" && lost > 0 && (
        <Badge miw="max-content" variant="light" color="yellow" size="sm" tt="none" fw={550}>
          {words.rejectedRows(lost)}
        </Badge>
      )}
    </span>
  );
}
