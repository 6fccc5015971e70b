import type { Transaction } from "@rivergen/contracts";
import { referenceRepository as references } from "./repository.ts";

interface Dependencies {
  readonly inWorkspace: <T>(workspaceId: string, work: (tx: Transaction) => Promise<T>) => Promise<T>;
  /** How long a run that ended without its outputs keeps what it reads, ms. */
  readonly keepResumableMs: number;
  readonly now: () => Date;
}

export type ReferenceService = ReturnType<typeof createReferenceService>;

/** Says what still leads to objects: everything else may be deleted. */
export function createReferenceService({ inWorkspace, keepResumableMs, now }: Dependencies) {
  /** Those of these objects that something leads to. */
  async function findIn(tx: Transaction, workspaceId: string, objectKeys: readonly string[]): Promise<ReadonlySet<string>> {
    if (objectKeys.length === 0) return new Set();
    return new Set(await references.find(tx, workspaceId, objectKeys, new Date(now().getTime() - keepResumableMs)));
  }

  async function find(workspaceId: string, objectKeys: readonly string[]): Promise<string[]> {
    return [...(await inWorkspace(workspaceId, (tx) => findIn(tx, workspaceId, objectKeys)))];
  }

  return { find, findIn };
}
