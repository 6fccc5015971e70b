import type { Transaction } from "@rivergen/contracts";
import { readLastPosition } from "./log.ts";

/** What a process gets when it takes a group over. */
export interface GroupLease {
  /** Everything up to here was handled. */
  readonly position: number;
  /** Its last process ended without passing it on. */
  readonly crashed: boolean;
}

export interface GroupOptions {
  readonly group: string;
  /** Names this process's use of the group. */
  readonly owner: string;
  readonly leaseMs: number;
  readonly from: "earliest" | "now";
}

/** Takes the group if nobody holds it. Times are the database's: clocks of processes play no part. */
export async function acquire(tx: Transaction, { group, owner, leaseMs, from }: GroupOptions): Promise<GroupLease | undefined> {
  const start = from === "now" ? await readLastPosition(tx) : 0;
  await tx.rows("insert into fabric.groups (name, position, lease_until) values ($1, $2, now()) on conflict do nothing", [group, start]);
  const [row] = await tx.rows<{ position: number; crashed: boolean; free: boolean }>(
    "select position, owner is not null as crashed, owner is null or lease_until < now() as free from fabric.groups where name = $1 for update",
    [group],
  );
  if (!row?.free) return undefined;
  await tx.rows("update fabric.groups set owner = $2, lease_until = now() + make_interval(secs => $3) where name = $1", [group, owner, leaseMs / 1_000]);
  return { position: row.position, crashed: row.crashed };
}

/** Keeps the lease and notes the position; false when another process has the group now. */
export async function renew(tx: Transaction, { group, owner, leaseMs }: GroupOptions, position: number): Promise<boolean> {
  const rows = await tx.rows(
    "update fabric.groups set position = greatest(position, $3), lease_until = now() + make_interval(secs => $4) where name = $1 and owner = $2 returning 1",
    [group, owner, position, leaseMs / 1_000],
  );
  return rows.length > 0;
}

export async function release(tx: Transaction, { group, owner }: GroupOptions, position: number): Promise<void> {
  await tx.rows("update fabric.groups set position = greatest(position, $3), owner = null where name = $1 and owner = $2", [group, owner, position]);
}
