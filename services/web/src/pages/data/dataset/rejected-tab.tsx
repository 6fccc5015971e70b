import { Text } from "@mantine/core";
import type { Dataset } from "@rivergen/contracts";
import { ListTable } from "../../../components/list-table.tsx";
import { formatCount } from "../../../texts/format.ts";
import { texts } from "../../../texts/index.ts";
import classes from "./dataset.module.css";

const words = texts.reading.rejected;

/** Rows of the file that are not in the table, and why. */
export function RejectedTab({ dataset: { rejected } }: { readonly dataset: Dataset }) {
  const { count = 0, sample = [] } = rejected ?? {};
  const lines = sample.map((row, index) => ({ ...row, key: String(index) }));
  return (
    <>
      <Text size="sm" c="dimmed" mb="sm">
        {words.about(count, sample.length)}
      </Text>
      <ListTable
        label={texts.data.tabs.rejected}
        items={lines}
        keyOf={({ key }) => key}
        columns={[
          { heading: words.line, isNumber: true, render: ({ line }) => (line === null ? "–" : formatCount(line)) },
          { heading: words.column, isMinor: true, render: ({ column }) => column ?? "–" },
          { heading: words.reason, render: ({ reason }) => reason },
          { heading: words.text, render: ({ text }) => <span className={classes.text}>{text}</span> },
        ]}
      />
    </>
  );
}
