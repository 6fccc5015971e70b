import { toCanonical } from "../document/canonical.ts";
import type { FlowDocument } from "../document/grammar.ts";
import { pointer } from "../document/source.ts";

/** One difference between two documents. */
export interface FlowChange {
  /** JSON Pointer: into the old document for what is gone, into the new one otherwise. */
  readonly path: string;
  readonly kind: "added" | "removed" | "changed";
  readonly before?: unknown;
  readonly after?: unknown;
}

type Add = (change: FlowChange) => void;

const isSame = (left: unknown, right: unknown): boolean => JSON.stringify(left) === JSON.stringify(right);

/** Lists are compared after what is the same at both ends was left out, so that one child more is one change. */
function diffLists(before: readonly unknown[], after: readonly unknown[], path: string, add: Add): void {
  let start = 0;
  while (start < Math.min(before.length, after.length) && isSame(before[start], after[start])) start += 1;
  let end = 0;
  while (end < Math.min(before.length, after.length) - start && isSame(before.at(-1 - end), after.at(-1 - end))) end += 1;
  const old = before.slice(start, before.length - end);
  const now = after.slice(start, after.length - end);
  for (let index = 0; index < Math.max(old.length, now.length); index += 1) diff(old[index], now[index], pointer(path, start + index), add);
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === "object" && value !== null && !Array.isArray(value);

function diff(before: unknown, after: unknown, path: string, add: Add): void {
  if (isSame(before, after)) return;
  if (before === undefined) add({ path, kind: "added", after });
  else if (after === undefined) add({ path, kind: "removed", before });
  else if (Array.isArray(before) && Array.isArray(after)) diffLists(before, after, path, add);
  else if (isMap(before) && isMap(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) diff(before[key], after[key], pointer(path, key), add);
  } else add({ path, kind: "changed", before, after });
}

/** What is different in a later document; spelling does not count. */
export function diffFlows(before: FlowDocument, after: FlowDocument): readonly FlowChange[] {
  const changes: FlowChange[] = [];
  diff(toCanonical(before), toCanonical(after), "", (change) => changes.push(change));
  return changes;
}
