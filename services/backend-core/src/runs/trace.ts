import { parseTraceparent, type Resources } from "@rivergen/service-kit";
import type { RunRow } from "./repository.ts";

/** A run, or a stage of it, that is over. */
export interface Happened {
  readonly name: "run" | "run stage";
  /** RFC 3339; null: it never began. */
  readonly startedAt: string | null;
  readonly attributes?: Readonly<Record<string, string | number>>;
  /** Code of the problem it ended with. */
  readonly problem?: string | undefined;
}

/** Tells a collector of a run, in the trace that it was asked for in. */
export type TraceRun = (run: RunRow, happened: Happened) => void;

export function createRunTracer(tracing: Resources<object>["tracing"]): TraceRun {
  return (run, { name, startedAt, attributes, problem }) => {
    const parent = parseTraceparent(run.traceparent);
    if (!tracing.isOn || parent?.sampled !== true || startedAt === null) return;
    const span = tracing.start({
      name,
      kind: "internal",
      parent,
      startedAt: new Date(startedAt),
      attributes: {
        "rivergen.run.id": run.id,
        "rivergen.run.attempt": run.attempt,
        "rivergen.river.name": run.riverName,
        ...attributes,
        ...(problem !== undefined && { "error.type": problem }),
      },
    });
    span.end();
  };
}
