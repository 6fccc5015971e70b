import { AppError, type Run, type Transaction } from "@rivergen/contracts";
import type { UsageService } from "../usage/service.ts";
import { runRepository as runs, type RunRow } from "./repository.ts";
import { toRun } from "./view.ts";

/** @throws RUN_NOT_FOUND */
export async function requireRun(tx: Transaction, workspaceId: string, id: string): Promise<RunRow> {
  const run = await runs.find(tx, workspaceId, id);
  if (!run) throw new AppError("RUN_NOT_FOUND");
  return run;
}

/** The run, locked until the transaction ends. @throws RUN_NOT_FOUND */
export async function requireLockedRun(tx: Transaction, workspaceId: string, id: string): Promise<RunRow> {
  const run = await runs.lock(tx, workspaceId, id);
  if (!run) throw new AppError("RUN_NOT_FOUND");
  return run;
}

/** A run as the wire shows it, with what it used so far. @throws RUN_NOT_FOUND */
export async function showRun(usage: UsageService, tx: Transaction, workspaceId: string, id: string): Promise<Run> {
  return showRow(usage, tx, await requireRun(tx, workspaceId, id));
}

/** A row as the wire shows it, with what the run used so far. */
export async function showRow(usage: UsageService, tx: Transaction, row: RunRow): Promise<Run> {
  const { items } = await usage.ofRun(tx, row.workspaceId, row.id);
  return toRun(row, row.status === "succeeded" ? await runs.stages(tx, row.workspaceId, row.id) : [], items);
}
