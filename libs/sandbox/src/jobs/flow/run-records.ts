import { JobFailure } from "../job.ts";

type Flows = typeof import("@rivergen/river/flows");
type RecordFlow = ReturnType<Flows["openRecordFlow"]>;
export type FlowRecord = InstanceType<Flows["FlowRecord"]>;

/** Records under way at a time, where a flow waits for something. */
const CONCURRENCY = 64;

/** Why a record was set aside. */
export interface SetAside {
  /** Names of the nodes, outer to inner. */
  readonly node: string;
  readonly code: string;
  readonly reason: string;
}

/** What comes out for a record: another one, or why there is none. */
export type Ending = FlowRecord | SetAside;

export const isSetAside = (ending: Ending): ending is SetAside => "reason" in ending;

interface FlowFailure {
  readonly path?: readonly string[];
  readonly panic?: boolean;
  readonly code?: string;
  readonly details?: { readonly detail?: unknown };
  readonly message?: string;
}

/** Where in the flow a record failed, and why, without anything of the record itself. */
function describeFailure(error: unknown): SetAside {
  const { path = [], panic = true, code = "INTERNAL", details, message } = error as FlowFailure;
  const reason = panic ? "a processor failed unexpectedly" : typeof details?.detail === "string" ? details.detail : (message ?? "it failed");
  return { node: path.join(" → "), code, reason };
}

function toFailure(error: unknown, number: number): JobFailure {
  const { node, reason } = describeFailure(error);
  return new JobFailure("STEP_FAILED", { detail: `Record ${number} failed at ${node}: ${reason}` }, error);
}

const isThenable = (value: unknown): value is PromiseLike<FlowRecord> => typeof (value as { then?: unknown }).then === "function";

/**
 * Sends records through a flow, the results in the order of the records. Only what has to wait runs at the same time,
 * and never more than a bound.
 * @param first number of the first record, from 1
 * @throws JobFailure STEP_FAILED for the first record, in their order, that fails
 */
export async function runRecords(flow: RecordFlow, records: readonly FlowRecord[], first: number): Promise<Ending[]> {
  const endings: Ending[] = [];
  const waiting: Promise<void>[] = [];

  function fail(error: unknown, index: number): SetAside {
    if (flow.isSetAside(error)) return describeFailure(error);
    throw toFailure(error, first + index);
  }

  function start(record: FlowRecord, index: number): void {
    let made: ReturnType<RecordFlow["process"]>;
    try {
      made = flow.process(record);
    } catch (error) {
      endings[index] = fail(error, index);
      return;
    }
    if (!isThenable(made)) {
      endings[index] = made;
      return;
    }
    const ended = Promise.resolve(made).then(
      (value) => void (endings[index] = value),
      (error: unknown) => void (endings[index] = fail(error, index)),
    );
    // Whoever waits for it comes later, in the order of the records.
    ended.catch(() => undefined);
    waiting.push(ended);
  }

  for (const [index, record] of records.entries()) {
    if (waiting.length >= CONCURRENCY) await waiting.shift();
    start(record, index);
  }
  for (const each of waiting) await each;
  return endings;
}
