import { Box, Tabs, TextInput } from "@mantine/core";
import { IconHistory, IconTable } from "@tabler/icons-react";
import type { Dataset } from "@rivergen/contracts";
import type { UseQueryResult } from "@tanstack/react-query";
import { useState } from "react";
import { ErrorState } from "../../components/error-state.tsx";
import { texts } from "../../texts/index.ts";
import type { PastQuery } from "./history.ts";
import { HistoryList } from "./history-list.tsx";
import classes from "./sql-page.module.css";
import { TableList } from "./table-list.tsx";

const words = texts.sql;

interface SidePanelProps {
  readonly tables: Pick<UseQueryResult<readonly Dataset[]>, "data" | "error" | "refetch">;
  readonly past: readonly PastQuery[];
  readonly onInsert: (name: string) => void;
  readonly onTable: (name: string) => void;
  readonly onRun: (text: string) => void;
  readonly onClear: () => void;
}

/** Tables with their columns, and what was run before. */
export function SidePanel({ tables: { data: datasets, error, refetch }, past, onInsert, onTable, onRun, onClear }: SidePanelProps) {
  const [text, setText] = useState("");
  const [tab, setTab] = useState<string | null>("tables");
  const hint = tab === "tables" ? words.findTable : words.findHistory;
  return (
    <Tabs value={tab} onChange={setTab} keepMounted={false} className={classes.panel ?? ""}>
      <Tabs.List grow>
        <Tabs.Tab value="tables" leftSection={<IconTable size={15} />}>
          {words.tables}
        </Tabs.Tab>
        <Tabs.Tab value="history" leftSection={<IconHistory size={15} />}>
          {words.history}
        </Tabs.Tab>
      </Tabs.List>
      <TextInput
        size="xs"
        type="search"
        className={classes.find ?? ""}
        placeholder={hint}
        aria-label={hint}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Tabs.Panel value="tables" className={classes.scroll ?? ""}>
        {error && !datasets ? (
          <Box px="xs">
            <ErrorState error={error} onRetry={() => void refetch()} />
          </Box>
        ) : (
          <TableList datasets={datasets} text={text} onInsert={onInsert} onTable={onTable} />
        )}
      </Tabs.Panel>
      <Tabs.Panel value="history" className={classes.scroll ?? ""}>
        <HistoryList past={past} text={text} onRun={onRun} onClear={onClear} />
      </Tabs.Panel>
    </Tabs>
  );
}
