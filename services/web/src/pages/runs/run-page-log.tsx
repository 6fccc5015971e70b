import { Collapse, Text, UnstyledButton } from "@mantine/core";
import type { Event, Run } from "@rivergen/contracts";
import { IconChevronRight } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useApi } from "../../api/context.tsx";
import { runEvents } from "../../api/queries.ts";
import { formatCount, formatShare } from "../../texts/format.ts";
import { texts } from "../../texts/index.ts";
import classes from "./run-page.module.css";

const words = texts.run;

/** What happened in a run, as it happened; read when it is opened. */
export function RunLog({ run }: { readonly run: Run }) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <section>
      <UnstyledButton className={classes.fold} onClick={() => setIsOpen(!isOpen)} aria-expanded={isOpen}>
        <IconChevronRight size={16} aria-hidden data-open={isOpen || undefined} /> <h2 className={classes.heading}>{words.log}</h2>
      </UnstyledButton>
      <Collapse expanded={isOpen}>{isOpen && <Lines run={run} />}</Collapse>
    </section>
  );
}

function Lines({ run }: { readonly run: Run }) {
  const { data = [] } = useQuery(runEvents(useApi(), run.id));
  if (data.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {words.logEmpty}
      </Text>
    );
  const begin = new Date(run.createdAt).getTime();
  return (
    <ol className={classes.log}>
      {data.map((event) => (
        <li key={event.seq}>
          <span className={classes.at}>+{((new Date(event.time).getTime() - begin) / 1_000).toFixed(2)} s</span>
          <span>{describe(event)}</span>
        </li>
      ))}
    </ol>
  );
}

function describe({ type, data }: Event): string {
  const { step, rowsOut, rowsDone, fraction, detail, name } = data;
  const rows = typeof rowsOut === "number" ? rowsOut : rowsDone;
  return [
    words.happened[type as keyof typeof words.happened] ?? type,
    ...(typeof step === "string" ? [step] : []),
    ...(type.startsWith("dataset.") && typeof name === "string" ? [name] : []),
    ...(typeof fraction === "number" && type === "run.step.progressed" ? [formatShare(fraction)] : []),
    ...(typeof rows === "number" ? [words.rowsDone(formatCount(rows))] : []),
    ...(typeof detail === "string" ? [detail] : []),
  ].join(" ");
}
