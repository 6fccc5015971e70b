import { Button, Skeleton, Text } from "@mantine/core";
import type { Plan, River } from "@rivergen/contracts";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useApi } from "../../api/context.tsx";
import { planOf } from "../../api/queries.ts";
import { ErrorState } from "../../components/error-state.tsx";
import { PlanNotes } from "../../components/river/plan-notes.tsx";
import { QuoteFacts } from "../../components/river/quote-facts.tsx";
import { RiverPicture } from "../../components/river/river-picture.tsx";
import { texts } from "../../texts/index.ts";
import { formatCount } from "../../texts/format.ts";
import { type ListColumn, ListTable } from "../../components/list-table.tsx";
import { type Given, isAsking, ParameterFields } from "./parameter-fields.tsx";
import { readParameters } from "./read-parameters.ts";
import classes from "./rivers.module.css";

const words = texts.rivers;

/** A dry run: steps with their rows, the price, and what reaches the outputs. */
export function PlanTab({ river }: { readonly river: River }) {
  // A river that asks for something is planned when it was told.
  const [parameters, setParameters] = useState<Readonly<Record<string, unknown>> | undefined>(() => (isAsking(river) ? undefined : {}));
  const isTold = parameters !== undefined;
  const { data: plan, error, refetch } = useQuery({ ...planOf(useApi(), river.id, parameters), enabled: isTold, placeholderData: keepPreviousData });
  return (
    <div className={classes.stack}>
      {river.document.parameters && <Asked parameters={river.document.parameters} onGive={setParameters} />}
      <RiverPicture document={river.document} plan={plan} isPlanning={!error && isTold} mostHeight={480} />
      {error && <ErrorState error={error} onRetry={() => void refetch()} />}
      {plan ? (
        <>
          <QuoteFacts quote={plan.quote} />
          <PlanNotes plan={plan} />
          <ListTable label={words.stepsTable} columns={columns} items={plan.steps} keyOf={({ name }) => name} />
        </>
      ) : (
        !error && (isTold ? <Skeleton height={120} /> : <Text c="dimmed">{words.planAsks}</Text>)
      )}
    </div>
  );
}

interface AskedProps {
  readonly parameters: NonNullable<River["document"]["parameters"]>;
  onGive(parameters: Readonly<Record<string, unknown>>): void;
}

/** Parameters that the river is planned with. */
function Asked({ parameters, onGive }: AskedProps) {
  const [given, setGiven] = useState<Given>({});
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onGive(readParameters(parameters, given));
  };
  return (
    <form className={classes.asked} onSubmit={submit}>
      <ParameterFields parameters={parameters} given={given} onChange={setGiven} />
      <Button type="submit" variant="default">
        {words.planWith}
      </Button>
    </form>
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
