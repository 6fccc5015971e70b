import type { Event, Quote, Run, RunProblem, RunStep } from "@rivergen/contracts";
import { labelled } from "./labelled.ts";
import { formatAmount, formatCount, formatDecimal, formatDuration } from "./number.ts";
import type { Canvas } from "./style.ts";
import { flow, safeText } from "./text.ts";

/** What is shown of a run while it goes on. */
export interface RunView {
  readonly status: Run["status"];
  readonly progress: Run["progress"];
  readonly steps: readonly Pick<RunStep, "name" | "status" | "rowsOut" | "durationMs">[];
  readonly attempt: number;
}

const marks: Readonly<Record<RunStep["status"], string>> = {
  pending: "·",
  running: "▸",
  succeeded: "✓",
  failed: "✗",
  skipped: "–",
  cancelled: "–",
  reused: "↺",
};

/** The view of a run as it was answered. */
export function toView({ status, progress, steps, attempt }: Pick<Run, "status" | "progress" | "steps" | "attempt">): RunView {
  return { status, progress, steps: steps.map(({ name, status: state, rowsOut, durationMs }) => ({ name, status: state, rowsOut, durationMs })), attempt };
}

const stepStates: Readonly<Record<string, RunStep["status"]>> = {
  "run.step.started": "running",
  "run.step.progressed": "running",
  "run.step.succeeded": "succeeded",
  "run.step.failed": "failed",
  "run.step.skipped": "skipped",
};
const runStates: Readonly<Record<string, Run["status"]>> = {
  "run.queued": "queued",
  "run.started": "running",
  "run.succeeded": "succeeded",
  "run.failed": "failed",
  "run.cancelled": "cancelled",
};

const numberOr = (value: unknown): number | null => (typeof value === "number" ? value : null);

/** The view after one more event of the run. */
export function applyEvent(view: RunView, { type, data }: Pick<Event, "type" | "data">): RunView {
  const attempt = numberOr(data["attempt"]) ?? view.attempt;
  const status = runStates[type];
  if (status !== undefined) return { ...view, status, attempt };
  const state = stepStates[type];
  if (state === undefined) return view;
  const steps = view.steps.map((step) =>
    step.name !== data["step"]
      ? step
      : { ...step, status: state, rowsOut: numberOr(data["rowsOut"]) ?? step.rowsOut, durationMs: numberOr(data["durationMs"]) ?? step.durationMs },
  );
  if (type !== "run.step.progressed") return { ...view, steps, attempt };
  return {
    ...view,
    steps,
    attempt,
    progress: { fraction: numberOr(data["fraction"]), rowsDone: numberOr(data["rowsDone"]), rowsExpected: numberOr(data["rowsExpected"]) },
  };
}

/** A bar of whole and eighth blocks: always `width` columns. */
export function renderBar(fraction: number, width: number): string {
  const eighths = Math.round(Math.min(1, Math.max(0, fraction)) * width * 8);
  const full = Math.floor(eighths / 8);
  const part = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8] ?? "";
  return `${"█".repeat(full)}${part}${"░".repeat(width - full - (part === "" ? 0 : 1))}`;
}

/** How far a run is, in words: only what is known. */
function progressPieces({ progress: { fraction, rowsDone, rowsExpected } }: RunView): string[] {
  const share = fraction === null ? [] : [`${Math.floor(fraction * 100)} %`];
  if (rowsDone === null) return share;
  return [...share, rowsExpected === null ? formatAmount(rowsDone, "row") : `${formatCount(rowsDone)} of ${formatAmount(rowsExpected, "row")}`];
}

function stepPiece({ name, status, rowsOut }: RunView["steps"][number], { style }: Canvas): string {
  const text = `${marks[status]} ${safeText(name)}${rowsOut === null ? "" : ` ${formatCount(rowsOut)}`}`;
  if (status === "failed") return style.bad(text);
  if (status === "succeeded" || status === "reused") return `${style.good(marks[status])}${text.slice(1)}`;
  return style.dim(text);
}

/** The lines that are redrawn while a run goes on: a bar or what is known instead, and the steps. */
export function renderLive(view: RunView, elapsedMs: number, canvas: Canvas): string[] {
  const { fraction } = view.progress;
  const time = formatDuration(Math.floor(elapsedMs / 100) * 100);
  const bar = fraction === null ? [] : [renderBar(fraction, Math.max(10, Math.min(30, canvas.width - 60)))];
  const word = view.attempt > 1 ? `${view.status}, attempt ${view.attempt}` : view.status;
  return [...flow([word, ...bar, ...progressPieces(view), canvas.style.dim(time)], canvas.width), ...renderStepLine(view, canvas)].slice(0, 8);
}

/** `✓ joined 3,000,000   ✓ filtered 251,204   ✓ top 5` */
function renderStepLine(view: RunView, canvas: Canvas): string[] {
  return flow(
    view.steps.map((step) => stepPiece(step, { ...canvas, style: canvas.style })),
    canvas.width,
  );
}

/** What a pipe is told of a change: one plain line, or nothing. */
export function describeChange(before: RunView, after: RunView): string[] {
  const lines = after.steps.flatMap((step, at) => {
    const old = before.steps[at];
    if (!old || old.status === step.status || step.status === "pending" || step.status === "running") return [];
    const time = step.durationMs === null ? "" : `  ${formatDuration(step.durationMs)}`;
    return [`${marks[step.status]} ${safeText(step.name)}${step.rowsOut === null ? "" : `  ${formatAmount(step.rowsOut, "row")}`}${time}`];
  });
  if (before.attempt !== after.attempt) lines.unshift(`attempt ${after.attempt}`);
  const tenth = (view: RunView): number => Math.floor((view.progress.fraction ?? 0) * 10);
  if (after.progress.fraction !== null && tenth(after) > tenth(before)) lines.push(progressPieces(after).join("  "));
  return lines;
}

/** The last word on a run: its steps with rows, how long it took, why it failed and what to do. */
export function renderEnd(run: Run, canvas: Canvas): string[] {
  const { style } = canvas;
  const took = run.startedAt !== null && run.finishedAt !== null ? [style.dim(formatDuration(Date.parse(run.finishedAt) - Date.parse(run.startedAt)))] : [];
  const steps = run.steps.map((step) => stepPiece(step, canvas));
  return [
    ...flow([...steps, ...took], canvas.width),
    ...run.steps.flatMap((step) => renderSetAside(run.id, step, canvas)),
    ...(run.error ? renderRunProblem(run.error, canvas) : []),
    ...(run.status === "cancelled" ? ["the run was cancelled"] : []),
  ];
}

/** `⚠ tidied  12 rows set aside: river output run_01h… tidied.set_aside` */
function renderSetAside(run: string, { name, setAside }: RunStep, { style }: Canvas): string[] {
  if (!setAside) return [];
  const { rows, kept, output } = setAside;
  const part = kept < rows ? `, the first ${formatCount(kept)} of them kept` : "";
  return [`${style.warn("⚠")} ${safeText(name)}  ${formatAmount(rows, "row")} set aside${part}: river output ${run} ${safeText(output)}`];
}

function renderRunProblem(problem: RunProblem, canvas: Canvas): string[] {
  const { style } = canvas;
  const place = [
    problem.step === undefined ? [] : [`step ${safeText(problem.step)}`],
    problem.column === undefined ? [] : [`column ${safeText(problem.column)}`],
  ]
    .flat()
    .join(", ");
  return [
    `${style.bad("✗")} ${place === "" ? "" : `${place}: `}${safeText(problem.detail)}  ${style.dim(safeText(problem.code))}`,
    ...(problem.advice === undefined ? [] : [`  ${safeText(problem.advice)}`]),
  ];
}

/** Whether a figure lies in an interval; undefined where there is nothing to compare with. */
function compare(value: number, { low, high }: { low: number | null; high: number | null }): "below" | "inside" | "above" | undefined {
  if (low === null && high === null) return undefined;
  if (low !== null && value < low) return "below";
  return high !== null && value > high ? "above" : "inside";
}

/** How a metered run stands to its quote: `inside the quote`, or what lies outside and where. */
export function judgeQuote(metered: NonNullable<Run["metered"]>, quote: Quote | null): string {
  if (!quote) return "there was no quote";
  const price = compare(Number(metered.price), quote.price);
  const time = compare(metered.durationMs, quote.durationMs);
  if (price === undefined && time === undefined) return "the quote knew no figures";
  const outside = [...(time === "below" || time === "above" ? [`time ${time}`] : []), ...(price === "below" || price === "above" ? [`price ${price}`] : [])];
  return outside.length === 0 ? "inside the quote" : `outside the quote (${outside.join(", ")})`;
}

/** `metered  0.41 s   0.0003 EUR, inside the quote` */
export function renderMetered(run: Run, canvas: Canvas): string[] {
  if (!run.metered) return labelled("metered", [run.status === "failed" ? "nothing" : "not yet"], canvas);
  const { durationMs, price, currency } = run.metered;
  const amount = `${formatDecimal(price)} ${currency}`;
  // A quote is for a run that does all it was asked for.
  return labelled("metered", [formatDuration(durationMs), run.status === "succeeded" ? `${amount}, ${judgeQuote(run.metered, run.quote)}` : amount], canvas);
}
