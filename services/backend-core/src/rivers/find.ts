import { AppError, type River, type Transaction } from "@rivergen/contracts";
import { riverRepository as rivers } from "./repository.ts";

/** @throws RIVER_NOT_FOUND, RIVER_VERSION_NOT_FOUND */
export async function requireRiver(tx: Transaction, workspaceId: string, idOrName: string, version?: number): Promise<River> {
  const river = await rivers.find(tx, workspaceId, idOrName, version);
  if (river) return river;
  throw new AppError(version !== undefined && (await rivers.find(tx, workspaceId, idOrName)) ? "RIVER_VERSION_NOT_FOUND" : "RIVER_NOT_FOUND");
}

/** The newest version of a river, locked until the transaction ends. @throws RIVER_NOT_FOUND */
export async function requireLockedRiver(tx: Transaction, workspaceId: string, idOrName: string): Promise<River> {
  const river = await rivers.lock(tx, workspaceId, idOrName);
  if (!river) throw new AppError("RIVER_NOT_FOUND");
  return river;
}
