import { Skeleton } from "@mantine/core";
import type { Plan, River } from "@rivergen/contracts";
import { useQuery } from "@tanstack/react-query";
import { useApi } from "../../api/context.tsx";
import { planOf } from "../../api/queries.ts";
import { ErrorState } from "../../components/error-state.tsx";
import { PlanNotes } from "../../components/river/plan-notes.tsx";
import { QuoteFacts } from "../../components/river/quote-facts.tsx";
import { RiverPicture } from "../../components/river/river-picture.tsx";
import { texts } from "../../texts/index.ts";
import { formatCount } from "../../texts/format.ts";
import { type ListColumn, ListTable } from "../../components/list-table.tsx";
import classes from "./rivers.module.css";

const words = texts.rivers;

/** A dry run: steps with their rows, the price, and what reaches the outputs. */
export function PlanTab({ river }: { readonly river: River }) {
  const { data: plan, error, refetch } = useQuery(planOf(useApi(), river.id));
  return (
    <div className={classes.stack}>
      <RiverPicture document={river.document} plan={plan} isPlanning={!error} mostHeight={480} />
      {error && <ErrorState error={error} onRetry={() => void refetch()} />}
      {plan ? (
        <>
          <QuoteFacts quote={plan.quote} />
          <PlanNotes plan={plan} />
          <ListTable label={words.stepsTable} columns={columns} items={plan.steps} keyOf={({ name }) => name} />
        </>
      ) : (
        !error && <Skeleton height={120} />
      )}
    </div>
  );
}

type PlannedStep = Plan["steps"][number];
const columns: readonly ListColumn<PlannedStep>[] = [
  { heading: words.planColumns.step, render: ({ name }) => <b>{name}</b> },
  { heading: words.planColumns.engine, isMinor: true, render: ({ engine }) => engine },
  { heading: words.planColumns.columns, render: (step) => <span className={classes.columns}>{step.columns.map(({ name }) => name).join(", ")}</span> },
  {
    heading: words.planColumns.rows,
    isNumber: true,
    render: ({ estimatedRows }) => (estimatedRows === null ? texts.frame.unknown : words.quote.about(formatCount(Math.round(estimatedRows)))),
  },
  { heading: words.planColumns.basis, isMinor: true, render: ({ estimateBasis }) => (estimateBasis === null ? "–" : words.basis[estimateBasis]) },
];
