import { Button, Kbd, NativeSelect } from "@mantine/core";
import { IconLayoutSidebarRight, IconPlayerPlay, IconPlayerStop } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { formatDuration } from "../../texts/format.ts";
import { texts } from "../../texts/index.ts";
import { QueryDownloads } from "./query-downloads.tsx";
import classes from "./sql-page.module.css";
import type { QueryAnswer, QueryState } from "./use-query-run.ts";

const words = texts.sql;
const rowLimits = [1_000, 10_000, 100_000];
const tickMs = 100;

interface QueryBarProps {
  readonly state: QueryState;
  readonly text: string;
  readonly maxRows: number;
  readonly onMaxRows: (rows: number) => void;
  readonly onRun: () => void;
  readonly onCancel: () => void;
  /** Opens the tables and the history, where they are not in sight. */
  readonly onSide: (() => void) | undefined;
}

/** Between the statement and its rows: runs it, stops it, and says what came of it. */
export function QueryBar({ state, text, maxRows, onMaxRows, onRun, onCancel, onSide }: QueryBarProps) {
  return (
    <div className={classes.bar}>
      {state.kind === "running" ? (
        <Button size="xs" variant="light" color="red" leftSection={<IconPlayerStop size={14} />} onClick={onCancel}>
          {words.cancel}
        </Button>
      ) : (
        <Button size="xs" leftSection={<IconPlayerPlay size={14} />} onClick={onRun} disabled={text.trim() === ""}>
          {words.run}
        </Button>
      )}
      <Kbd size="xs" className={classes.wideOnly ?? ""}>
        {words.runHint}
      </Kbd>
      <NativeSelect
        size="xs"
        aria-label={words.most}
        title={words.most}
        value={String(maxRows)}
        onChange={(event) => onMaxRows(Number(event.currentTarget.value))}
        data={rowLimits.map((rows) => ({ value: String(rows), label: words.atMost(rows) }))}
      />
      <span className={classes.outcome} role="status">
        <Outcome state={state} />
      </span>
      {state.kind === "done" && <QueryDownloads text={state.answer.text} />}
      {onSide && (
        <Button size="xs" variant="default" leftSection={<IconLayoutSidebarRight size={14} />} onClick={onSide} aria-label={words.openSide}>
          {words.tables}
        </Button>
      )}
    </div>
  );
}

function Outcome({ state }: { readonly state: QueryState }) {
  if (state.kind === "running") return <Elapsed since={state.since} />;
  if (state.kind === "cancelled") return words.cancelled;
  return state.kind === "done" ? describe(state.answer) : null;
}

function describe({ source, truncated, usage, durationMs }: QueryAnswer): string {
  const { length } = source.rows;
  const meters = usage
    .filter(({ quantity }) => quantity > 0)
    .map(({ meter, quantity, unit }) => words.meters[meter]?.(quantity) ?? `${quantity} ${unit} ${meter}`);
  return [truncated ? words.truncated(length) : words.rows(length), formatDuration(durationMs), ...meters].join(" · ");
}

function Elapsed({ since }: { readonly since: number }) {
  const [now, setNow] = useState(since);
  useEffect(() => {
    const timer = setInterval(() => setNow(performance.now()), tickMs);
    return () => clearInterval(timer);
  }, []);
  return words.running((Math.max(0, now - since) / 1_000).toFixed(1));
}
