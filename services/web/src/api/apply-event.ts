import type { Event, Run } from "@rivergen/contracts";
import type { QueryClient } from "@tanstack/react-query";
import { keys } from "./keys.ts";

/** Makes what is shown agree with what happened: progress is written into the run, everything else is read again. */
export function applyEvent(queries: QueryClient, event: Event): void {
  const { type, subject } = event;
  const forget = (key: readonly string[]): void => void queries.invalidateQueries({ queryKey: key });
  if (type === "run.step.progressed") {
    queries.setQueryData<Run>(keys.run(subject), (run) => run && withProgress(run, event));
  } else if (type.startsWith("run.")) {
    forget(keys.run(subject));
    forget(keys.runEvents(subject));
    if (!type.startsWith("run.step.")) forget(keys.runs());
  } else if (type.startsWith("dataset.")) {
    forget(keys.datasets());
  } else if (type.startsWith("river.")) {
    forget(keys.rivers());
  } else if (type === "usage.recorded") {
    forget(keys.usage());
    const run = event.data["run"];
    if (typeof run === "string") forget(keys.run(run));
  } else forget(keys.files());
}

const numberOr = (value: unknown, otherwise: number | null): number | null => (typeof value === "number" ? value : otherwise);

function withProgress(run: Run, { data }: Event): Run {
  const { progress } = run;
  return {
    ...run,
    progress: {
      fraction: numberOr(data["fraction"], progress.fraction),
      rowsDone: numberOr(data["rowsDone"], progress.rowsDone),
      rowsExpected: numberOr(data["rowsExpected"], progress.rowsExpected),
    },
  };
}
