import { Drawer } from "@mantine/core";
import { useDisclosure, useMediaQuery } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type ReactNode, useCallback, useMemo, useState } from "react";
import { useApi, useSignedIn } from "../../api/context.tsx";
import { allDatasets } from "../../api/queries.ts";
import { CodeEditor } from "../../components/code-editor/code-editor.tsx";
import { Page } from "../../components/page.tsx";
import { texts } from "../../texts/index.ts";
import { findDiagnostics } from "./diagnostics.ts";
import { type PastQuery, readHistory, remember, writeHistory } from "./history.ts";
import { QueryBar } from "./query-bar.tsx";
import { QueryResult } from "./query-result.tsx";
import { SidePanel } from "./side-panel.tsx";
import classes from "./sql-page.module.css";
import { startingQuery } from "./starting-query.ts";
import { useQueryRun } from "./use-query-run.ts";

const words = texts.sql;
/** Longer statements do not go into the address. */
const longestInAddress = 1_800;
const mostRowsAtFirst = 10_000;

/** Statements over the tables: written, run, looked at, kept. */
export function SqlPage() {
  const { text: given } = useSearch({ from: "/inside/sql" });
  const workspace = useSignedIn()?.workspaceId ?? "";
  return <Sql key={workspace} workspace={workspace} given={given} />;
}

/** Tables and their columns, for completion. */
const toSchema = (datasets: readonly { readonly name: string; readonly columns: readonly { readonly name: string }[] }[]) =>
  Object.fromEntries(datasets.map(({ name, columns }) => [name, columns.map((column) => column.name)]));

/** Tables that hold something. */
const namesOf = (datasets: readonly { readonly name: string; readonly version: number }[]): readonly string[] =>
  datasets.flatMap(({ name, version }) => (version > 0 ? [name] : []));

function Sql({ workspace, given }: { readonly workspace: string; readonly given: string | undefined }) {
  const tables = useQuery(allDatasets(useApi()));
  const { data: datasets } = tables;
  const navigate = useNavigate({ from: "/sql" });
  const history = useHistory(workspace);
  const [text, setText] = useState(given ?? history.past[0]?.text ?? "");
  const [maxRows, setMaxRows] = useState(mostRowsAtFirst);
  const [isSideOpen, side] = useDisclosure();
  const isNarrow = useMediaQuery("(max-width: 62em)", false, { getInitialValueInEffect: false });
  const { state, run, cancel } = useQueryRun(history.add);
  const schema = useMemo(() => toSchema(datasets ?? []), [datasets]);
  const insert = (name: string): void => setText((before) => (/(^|\s)$/.test(before) ? `${before}${name}` : `${before} ${name}`));
  const start = (statement: string): void => {
    setText(statement);
    side.close();
    if (statement.trim() === "") return;
    void navigate({ search: statement.length <= longestInAddress ? { text: statement } : {}, replace: true });
    void run(statement, maxRows);
  };
  const shown = {
    tables,
    past: history.past,
    onInsert: insert,
    onTable: (name: string) => start(startingQuery(name)),
    onRun: start,
    onClear: history.clear,
  };
  return (
    <Page wide title={words.title}>
      <div className={classes.layout}>
        <div className={classes.main}>
          <CodeEditor
            language="sql"
            label={words.editor}
            value={text}
            onChange={setText}
            schema={schema}
            diagnostics={findDiagnostics(state, text)}
            onRun={() => start(text)}
            minHeight="170px"
            maxHeight="44dvh"
          />
          <QueryBar
            state={state}
            text={text}
            maxRows={maxRows}
            onMaxRows={setMaxRows}
            onRun={() => start(text)}
            onCancel={cancel}
            onSide={isNarrow ? side.open : undefined}
          />
          <QueryResult state={state} tables={datasets && namesOf(datasets)} onTable={shown.onTable} />
        </div>
        <Side isNarrow={isNarrow} isOpen={isSideOpen} onClose={side.close}>
          <SidePanel {...shown} />
        </Side>
      </div>
    </Page>
  );
}

interface SideProps {
  readonly isNarrow: boolean;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** Beside the statement where there is room, else in a drawer. */
function Side({ isNarrow, isOpen, onClose, children }: SideProps) {
  if (!isNarrow) return <aside className={classes.side}>{children}</aside>;
  return (
    <Drawer opened={isOpen} onClose={onClose} position="right" size={320} title={words.side} closeButtonProps={{ "aria-label": texts.frame.close }}>
      {children}
    </Drawer>
  );
}

/** What was run in this workspace, kept by this browser. */
function useHistory(workspace: string) {
  const [past, setPast] = useState(() => readHistory(window.localStorage, workspace));
  const keep = useCallback(
    (change: (before: readonly PastQuery[]) => readonly PastQuery[]) => {
      // Another tab may have run something since: the store is read again.
      const next = change(readHistory(window.localStorage, workspace));
      writeHistory(window.localStorage, workspace, next);
      setPast(next);
    },
    [workspace],
  );
  const add = useCallback((ended: Omit<PastQuery, "at">) => keep((before) => remember(before, { ...ended, at: new Date().toISOString() })), [keep]);
  const clear = useCallback(() => keep(() => []), [keep]);
  return { past, add, clear };
}
