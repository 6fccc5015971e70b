import { AppError } from "@rivergen/contracts";
import { JobFailure, type Job } from "./job.ts";

export interface FlowTestInput {
  /** A YAML or JSON text, or the document itself. */
  readonly document: string | object;
  readonly records: readonly Readonly<Record<string, unknown>>[];
}
type FlowTestOutput = Awaited<ReturnType<(typeof import("@rivergen/river/flows"))["testRecordFlow"]>>;

/** Sends sample records through a flow. @throws JobFailure FLOW_INVALID with all faults */
export const flowTest: Job<FlowTestInput, FlowTestOutput> = async (_context, { document, records }) => {
  const { testRecordFlow } = await import("@rivergen/river/flows");
  return testRecordFlow(document, records).catch((error: unknown) => {
    throw error instanceof AppError ? new JobFailure(error.code, error.details, error) : error;
  });
};
