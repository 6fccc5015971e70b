import { Badge, Button } from "@mantine/core";
import type { Plan, Run } from "@rivergen/contracts";
import { useCallback, useMemo } from "react";
import { idsAt, kindAt, toRiverGraph } from "../../components/river/river-graph.ts";
import { RiverEditor } from "../../components/river/river-editor.tsx";
import { RiverPicture } from "../../components/river/river-picture.tsx";
import { RunPicture } from "../../components/run/run-picture.tsx";
import { texts } from "../../texts/index.ts";
import classes from "./answer.module.css";
import { makesColumn, placesOfColumn } from "./spans.ts";
import type { RiverText } from "../../components/river/use-river-text.ts";
import type { Looking } from "./use-looking.ts";

const words = texts.ask.answer;

interface PlanBenchProps {
  readonly run: Run | undefined;
  readonly plan: Plan | undefined;
  readonly draft: RiverText;
  readonly looking: Looking;
  onRun(): void;
}

/** The plan as a graph and as text, side by side; what is looked at in one is shown in the other. */
export function PlanBench({ run, plan, draft, looking, onRun }: PlanBenchProps) {
  const { document } = draft;
  const highlighted = useMemo(() => {
    const nodes = document ? toRiverGraph(document, { words: texts.rivers.words }).nodes : [];
    return new Set(looking.pointers.flatMap((pointer) => idsAt(pointer, nodes)));
  }, [document, looking.pointers]);
  const { look } = looking;
  const onHover = useCallback((id: string | undefined) => look(id === undefined ? undefined : [id]), [look]);
  return (
    <div className={classes.plan}>
      <div className={classes.side}>
        <Columns plan={draft.isEdited ? undefined : plan} draft={draft} looking={looking} />
        {run && !draft.isEdited ? (
          <RunPicture run={run} highlighted={highlighted} onHover={onHover} />
        ) : (
          <RiverPicture document={document} plan={draft.isEdited ? undefined : plan} highlighted={highlighted} onHover={onHover} />
        )}
      </div>
      <div className={classes.side}>
        <div className={classes.sideHead}>
          <h2 className={classes.heading}>{words.document}</h2>
          {draft.isEdited && (
            <>
              <Badge size="sm" variant="light" color="yellow" tt="none">
                {words.edited}
              </Badge>
              <Button size="compact-xs" variant="subtle" onClick={draft.reset}>
                {words.reset}
              </Button>
            </>
          )}
        </div>
        <RiverEditor value={draft.text} validity={draft.validity} onChange={draft.write} onRun={onRun} highlighted={looking.pointers} />
      </div>
    </div>
  );
}

/** Columns of the answer; each lights up what makes it. */
function Columns({ plan, draft, looking }: Pick<PlanBenchProps, "plan" | "draft" | "looking">) {
  const columns = plan?.outputs[0]?.columns ?? [];
  return (
    <div className={classes.sideHead}>
      <h2 className={classes.heading}>{texts.rivers.columnsOut}</h2>
      {columns.map(({ name, type, labels }) => {
        const places = draft.document ? placesOfColumn(draft.document, name) : [];
        return (
          <button
            key={name}
            type="button"
            className={classes.column}
            data-kind={kindAt(places[0] ?? "")}
            data-lit={looking.pointers.some((pointer) => makesColumn(pointer, name)) || undefined}
            {...looking.handlers(places)}
          >
            {name} <span>{[type, ...labels].join(" · ")}</span>
          </button>
        );
      })}
    </div>
  );
}
