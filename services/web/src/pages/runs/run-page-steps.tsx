import { Anchor } from "@mantine/core";
import type { Run, RunStep } from "@rivergen/contracts";
import { type ListColumn, ListTable } from "../../components/list-table.tsx";
import { rateOf } from "../../components/run/step-facts.ts";
import { formatCompact, formatCount, formatDuration } from "../../texts/format.ts";
import { texts } from "../../texts/index.ts";
import classes from "./run-page.module.css";

const words = texts.run;
const none = "–";
const count = (rows: number | null | undefined): string => (rows == null ? none : formatCount(rows));

const columnsOf = (run: Run, onOutput: (name: string) => void): readonly ListColumn<RunStep>[] => [
  { heading: words.columns.step, render: ({ name }) => <b>{name}</b> },
  { heading: words.columns.status, render: ({ status }) => <StepState status={status} /> },
  { heading: words.columns.in, isNumber: true, isMinor: true, render: ({ rowsIn }) => count(rowsIn) },
  { heading: words.columns.out, isNumber: true, render: (step) => <RowsOut step={step} onOutput={onOutput} /> },
  {
    heading: words.columns.expected,
    isNumber: true,
    isMinor: true,
    render: ({ estimatedRows }) => (estimatedRows == null ? none : `≈ ${formatCompact(estimatedRows)}`),
  },
  { heading: words.columns.rate, isNumber: true, isMinor: true, render: (step) => describeRate(rateOf(step.name, run.steps)) },
  { heading: words.columns.time, isNumber: true, render: (step) => <Took step={step} run={run} /> },
];

interface RunStepsProps {
  readonly run: Run;
  /** Shows what a flow set aside. */
  onOutput(name: string): void;
}

/** Every step in figures. */
export function RunSteps({ run, onOutput }: RunStepsProps) {
  return (
    <div>
      <h2 className={classes.heading}>{words.steps}</h2>
      <ListTable label={words.steps} columns={columnsOf(run, onOutput)} items={run.steps} keyOf={({ name }) => name} />
    </div>
  );
}

const describeRate = (rate: number | null): string => (rate === null ? none : words.rate(formatCompact(rate)));

/** Rows out of a step, and of what it set aside how much. */
function RowsOut({ step: { name, rowsOut, setAside }, onOutput }: { readonly step: RunStep } & Pick<RunStepsProps, "onOutput">) {
  if (!setAside) return count(rowsOut);
  return (
    <>
      {count(rowsOut)}
      <Anchor component="button" type="button" size="xs" className={classes.aside} title={words.setAsideHint(name)} onClick={() => onOutput(setAside.output)}>
        {words.setAside(formatCount(setAside.rows))}
      </Anchor>
    </>
  );
}

function StepState({ status }: Pick<RunStep, "status">) {
  return (
    <span className={classes.state} data-status={status}>
      {texts.graph.status[status]}
    </span>
  );
}

/** Time of a step, with its share of the time of all of them: what is slow is seen at once. */
function Took({ step: { durationMs, status }, run }: { readonly step: RunStep; readonly run: Run }) {
  if (durationMs === null)
    return status === "succeeded" ? (
      <span className={classes.soft} title={words.fusedHint}>
        {words.fused}
      </span>
    ) : (
      none
    );
  const all = run.steps.reduce((sum, step) => sum + (step.durationMs ?? 0), 0);
  return (
    <>
      {formatDuration(durationMs)}
      <span className={classes.share} style={{ inlineSize: `${all === 0 ? 0 : (durationMs / all) * 100}%` }} />
    </>
  );
}
