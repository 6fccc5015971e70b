import { Text } from "@mantine/core";
import { isRunOver, type Run } from "@rivergen/contracts";
import { useInterval } from "@mantine/hooks";
import { useState } from "react";
import { formatCount, formatDuration, formatShare } from "../../texts/format.ts";
import { texts } from "../../texts/index.ts";
import { StatusBadge } from "../status-badge.tsx";
import classes from "./run.module.css";
import { tookMs } from "./step-facts.ts";

const words = texts.run;

/** How far a run is: true where it is known, and saying so where it is not. */
export function RunProgress({ run }: { readonly run: Run }) {
  const { fraction } = run.progress;
  const isOver = isRunOver(run.status);
  const isUnknown = fraction === null && !isOver;
  const share = fraction ?? 0;
  return (
    <div className={classes.progress}>
      <div className={classes.state} aria-live="polite">
        <StatusBadge status={run.status} />
        <Text size="sm" className={classes.said}>
          {describe(run)}
        </Text>
        {!isOver && (
          <Text size="sm" fw={600} className={classes.said}>
            {describeSteps(run)}
          </Text>
        )}
        {run.attempt > 1 && (
          <Text size="sm" c="dimmed">
            {words.attempt(run.attempt)}
          </Text>
        )}
        <Took run={run} />
      </div>
      <div
        className={classes.track}
        role="progressbar"
        aria-label={words.progress}
        aria-valuemin={0}
        aria-valuemax={100}
        {...(isUnknown ? { "aria-valuetext": words.unknown } : { "aria-valuenow": Math.round(share * 100) })}
        data-unknown={isUnknown || undefined}
        data-status={run.status}
      >
        <span key={isUnknown ? "unknown" : "known"} className={classes.bar} style={isUnknown ? undefined : { width: `${share * 100}%` }} />
      </div>
    </div>
  );
}

/** What can be said of the progress, and no more. */
function describe({ status, progress: { fraction, rowsDone, rowsExpected } }: Run): string {
  if (status === "queued" || status === "waiting") return words.waiting;
  const rows =
    rowsDone === null
      ? ""
      : rowsExpected === null || status === "succeeded"
        ? words.rowsDone(formatCount(rowsDone))
        : words.rows(formatCount(rowsDone), formatCount(rowsExpected));
  if (isRunOver(status)) return rows;
  return [fraction === null ? words.unknown : words.share(formatShare(fraction)), rows].filter(Boolean).join(" · ");
}

const namedSteps = 3;

/** Which steps are at work, and how many are done. */
function describeSteps({ steps }: Run): string {
  const names = steps.flatMap(({ name, status }) => (status === "running" ? [name] : []));
  if (names.length === 0) return "";
  const done = steps.filter(({ status }) => status === "succeeded" || status === "reused").length;
  return words.atSteps(`${names.slice(0, namedSteps).join(", ")}${names.length > namedSteps ? " …" : ""}`, done, steps.length);
}

function Took({ run }: { readonly run: Run }) {
  const [now, setNow] = useState(() => Date.now());
  const isOver = isRunOver(run.status);
  useInterval(() => setNow(Date.now()), isOver ? 3_600_000 : 200, { autoInvoke: true });
  const ms = tookMs(run, now);
  if (ms === null) return null;
  return (
    <Text size="sm" c="dimmed" className={classes.took}>
      {isOver ? words.took(formatDuration(ms)) : words.since(formatDuration(Math.floor(ms / 100) * 100))}
    </Text>
  );
}
