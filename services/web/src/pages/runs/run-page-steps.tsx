import type { Run, RunStep } from "@rivergen/contracts";
import { type ListColumn, ListTable } from "../../components/list-table.tsx";
import { rateOf } from "../../components/run/step-facts.ts";
import { formatCompact, formatCount, formatDuration } from "../../texts/format.ts";
import { texts } from "../../texts/index.ts";
import classes from "./run-page.module.css";

const words = texts.run;
const none = "–";
const count = (rows: number | null | undefined): string => (rows == null ? none : formatCount(rows));

const columnsOf = (run: Run): readonly ListColumn<RunStep>[] => [
  { heading: words.columns.step, render: ({ name }) => <b>{name}</b> },
  { heading: words.columns.status, render: ({ status }) => <span data-status={status}>{texts.graph.status[status]}</span> },
  { heading: words.columns.in, isNumber: true, render: ({ rowsIn }) => count(rowsIn) },
  { heading: words.columns.out, isNumber: true, render: ({ rowsOut }) => count(rowsOut) },
  {
    heading: words.columns.expected,
    isNumber: true,
    isMinor: true,
    render: ({ estimatedRows }) => (estimatedRows == null ? none : `≈ ${formatCompact(estimatedRows)}`),
  },
  { heading: words.columns.rate, isNumber: true, isMinor: true, render: (step) => describeRate(rateOf(step.name, run.steps)) },
  { heading: words.columns.time, isNumber: true, render: ({ durationMs, status }) => describeTime(durationMs, status) },
];

/** Every step in figures. */
export function RunSteps({ run }: { readonly run: Run }) {
  return (
    <div>
      <h2 className={classes.heading}>{words.steps}</h2>
      <ListTable label={words.steps} columns={columnsOf(run)} items={run.steps} keyOf={({ name }) => name} />
    </div>
  );
}

const describeRate = (rate: number | null): string => (rate === null ? none : words.rate(formatCompact(rate)));

function describeTime(durationMs: number | null, status: RunStep["status"]) {
  if (durationMs !== null) return formatDuration(durationMs);
  // Steps of one statement are timed as one, at its last step.
  return status === "succeeded" ? <span title={words.fused}>↓</span> : none;
}
