import { SegmentedControl, Text } from "@mantine/core";
import type { Plan, Prompt, Run } from "@rivergen/contracts";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useApi } from "../../api/context.tsx";
import { keys } from "../../api/keys.ts";
import { oneRiver, oneRun, planOf } from "../../api/queries.ts";
import { ErrorState } from "../../components/error-state.tsx";
import { Unsaved } from "../../components/river/unsaved.tsx";
import { PlanNotes } from "../../components/river/plan-notes.tsx";
import { QuoteFacts } from "../../components/river/quote-facts.tsx";
import { readInterval } from "../../components/river/interval.ts";
import { RunFailure } from "../../components/run/run-failure.tsx";
import { RunProgress } from "../../components/run/run-progress.tsx";
import { RunResults } from "../../components/run/run-results.tsx";
import { tookMs } from "../../components/run/step-facts.ts";
import { StatusBadge } from "../../components/status-badge.tsx";
import { formatDuration, formatPrice } from "../../texts/format.ts";
import { texts } from "../../texts/index.ts";
import classes from "./answer.module.css";
import { RunButton, RunLink, SaveButton } from "./bench-buttons.tsx";
import { PlanBench } from "./plan-bench.tsx";
import { SaveDialog } from "./save-dialog.tsx";
import { useRiverText } from "../../components/river/use-river-text.ts";
import type { Looking } from "./use-looking.ts";

const words = texts.ask.answer;

interface WorkbenchProps {
  readonly prompt: Prompt;
  readonly river: NonNullable<Prompt["river"]>;
  readonly looking: Looking;
}

/** The plan of a question: seen, priced, changed, run and kept. */
export function Workbench({ prompt, river, looking }: WorkbenchProps) {
  const api = useApi();
  const draft = useRiverText(river.document);
  const { data: kept } = useQuery(oneRiver(api, river.id));
  const { data: plan } = useQuery(planOf(api, river.id));
  const { run, start } = useAnswerRun(prompt.id, river.id);
  const [wanted, setWanted] = useState<View>();
  const [output, setOutput] = useState<string>();
  const [isSaving, setIsSaving] = useState(false);
  const view = wanted ?? (hasResult(run) ? "result" : "plan");
  const go = (): void => {
    if (draft.isEdited) return setIsSaving(true);
    setWanted(undefined);
    start.mutate();
  };
  return (
    <section className={classes.bench} aria-label={words.plan}>
      <Unsaved isEdited={draft.isEdited} />
      <div className={classes.toolbar}>
        <ViewChoice view={view} run={run} onView={setWanted} />
        <Brief quote={plan?.quote ?? prompt.quote} run={run} isEdited={draft.isEdited} />
        <div className={classes.tools}>
          {run && <RunLink run={run} />}
          <SaveButton name={kept && !kept.draft ? kept.name : undefined} isEdited={draft.isEdited} onSave={() => setIsSaving(true)} />
          <RunButton run={run} isStarting={start.isPending} isEdited={draft.isEdited} canRun={!draft.isEdited || draft.validity.isValid} onRun={go} />
        </div>
      </div>
      {start.error && <ErrorState error={start.error} />}
      {run && run.status !== "succeeded" && <RunProgress run={run} />}
      {run && <RunFailure run={run} />}
      {view === "plan" ? (
        <PlanBench run={run} plan={plan} draft={draft} looking={looking} onRun={go} />
      ) : (
        run && <RunResults run={run} output={output} onOutput={setOutput} />
      )}
      <Outlook quote={prompt.quote} run={run} plan={plan} isEdited={draft.isEdited} />
      {isSaving && <SaveDialog river={river} draft={draft} onClose={() => setIsSaving(false)} />}
    </section>
  );
}

interface BriefProps {
  readonly quote: Prompt["quote"];
  readonly run: Run | undefined;
  readonly isEdited: boolean;
}

/** In one line beside the button: what it is likely to take, and once it ran well, what came of it. */
function Brief({ quote, run, isEdited }: BriefProps) {
  if (run?.status === "succeeded") {
    const rows = rowsOf(run);
    const ms = tookMs(run, Date.now());
    return (
      <span className={classes.brief} aria-live="polite">
        <StatusBadge status={run.status} />
        {[rows === undefined ? "" : words.rows(rows), ms === null ? "" : texts.run.took(formatDuration(ms))].filter(Boolean).join(" · ")}
      </span>
    );
  }
  if (!quote || run || isEdited) return null;
  const { durationMs, price } = quote;
  const time = readInterval(durationMs, formatDuration, texts.rivers.quote).likely;
  const money = readInterval(price, (value) => formatPrice(value, price.currency), texts.rivers.quote).likely;
  return <span className={classes.brief}>{words.expected(time, money)}</span>;
}

interface OutlookProps {
  readonly quote: Prompt["quote"];
  readonly run: Run | undefined;
  readonly plan: Plan | undefined;
  readonly isEdited: boolean;
}

/** What it is expected to take, beside what it took, and what to look at before trusting it. */
function Outlook({ quote: asked, run, plan, isEdited }: OutlookProps) {
  if (isEdited)
    return (
      <Text size="sm" c="dimmed">
        {words.noQuote}
      </Text>
    );
  const quote = run?.quote ?? plan?.quote ?? asked;
  return (
    <>
      {quote && <QuoteFacts quote={quote} actual={run && { rows: rowsOf(run), metered: run.metered }} />}
      {plan && <PlanNotes plan={plan} />}
    </>
  );
}

type View = "plan" | "result";

function ViewChoice({ view, run, onView }: { readonly view: View; readonly run: Run | undefined; onView(view: View): void }) {
  return (
    <SegmentedControl
      aria-label={words.view}
      size="xs"
      value={view}
      onChange={(value) => onView(value as View)}
      data={[
        { value: "plan", label: words.plan },
        { value: "result", label: texts.run.result, disabled: !hasResult(run) },
      ]}
    />
  );
}

const hasResult = (run: Run | undefined): boolean => run !== undefined && run.outputs.length > 0;
const rowsOf = ({ outputs }: Run): number | undefined => (outputs.length === 0 ? undefined : outputs.reduce((sum, { rowCount }) => sum + rowCount, 0));

/** The run that the address names, and a way to start one. */
function useAnswerRun(prompt: string, river: string) {
  const { run: id } = useSearch({ from: "/inside/ask/$prompt" });
  const api = useApi();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const { data: run } = useQuery({ ...oneRun(api, id ?? ""), enabled: id !== undefined });
  const start = useMutation({
    mutationFn: () => api.startRun({ params: { river }, body: {} }),
    onSuccess: (fresh) => {
      queries.setQueryData(keys.run(fresh.id), fresh);
      return navigate({ to: "/ask/$prompt", params: { prompt }, search: { run: fresh.id }, replace: true, resetScroll: false });
    },
  });
  return { run, start };
}
