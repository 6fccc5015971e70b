import { Button } from "@mantine/core";
import { formatAgo, formatDuration } from "../../texts/format.ts";
import { texts } from "../../texts/index.ts";
import { findQueries, type PastQuery } from "./history.ts";
import classes from "./sql-page.module.css";

const words = texts.sql;

interface HistoryListProps {
  readonly past: readonly PastQuery[];
  readonly text: string;
  readonly onRun: (text: string) => void;
  readonly onClear: () => void;
}

/** What was run here, newest first; a click runs it again. */
export function HistoryList({ past, text, onRun, onClear }: HistoryListProps) {
  const found = findQueries(past, text);
  if (found.length === 0) return <p className={classes.none}>{past.length === 0 ? words.emptyHistory : words.noHistory(text)}</p>;
  return (
    <>
      <ul className={classes.tree}>
        {found.map((query) => (
          <li key={query.text}>
            <button type="button" className={classes.past} onClick={() => onRun(query.text)} title={query.text}>
              <code className={classes.statement}>{query.text}</code>
              <span className={classes.soft}>
                {formatAgo(query.at)} · {query.rowCount === null ? words.failed : words.rows(query.rowCount)} · {formatDuration(query.durationMs)}
              </span>
            </button>
          </li>
        ))}
      </ul>
      <Button size="compact-xs" variant="subtle" color="gray" m="xs" onClick={onClear}>
        {words.clearHistory}
      </Button>
    </>
  );
}
