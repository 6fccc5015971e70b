import type { RiverDocument } from "@rivergen/contracts";
import { isMap, parseDocument, stringify } from "yaml";
import { partsOf } from "./pointer.ts";

/** A river as people write it. */
export const toYaml = (document: RiverDocument): string => stringify(document, { lineWidth: 0 });

/** The same text under another name; comments and order stay. */
export function renameRiver(text: string, name: string): string {
  const document = parseDocument(text);
  document.set("river", name);
  return document.toString({ lineWidth: 0 });
}

/** Where in a text the places of these pointers stand: key and value; places that are not there are left out. */
export function rangesOf(text: string, pointers: readonly string[]): { readonly from: number; readonly to: number }[] {
  const document = parseDocument(text);
  return pointers.flatMap((pointer) => {
    const parts = partsOf(pointer);
    const node = document.getIn(parts, true) as { range?: [number, number, number] | null } | undefined;
    const parent = document.getIn(parts.slice(0, -1), true);
    const key = isMap(parent) ? parent.items.find((pair) => String(pair.key) === parts.at(-1))?.key : undefined;
    const from = (key as typeof node)?.range?.[0] ?? node?.range?.[0];
    const to = node?.range?.[1];
    return from === undefined || to === undefined ? [] : [{ from, to: from + text.slice(from, to).trimEnd().length }];
  });
}

/** The document that a text may stand for, where it is far enough to be drawn; whether it is valid is the platform's to say. */
export function readRiver(text: string): RiverDocument | undefined {
  try {
    const document = parseDocument(text);
    if (document.errors.length > 0) return undefined;
    const value = document.toJS({ maxAliasCount: 0 }) as Partial<RiverDocument> | null;
    return value && isRecord(value.sources) && isRecord(value.outputs) && hasDrawableSteps(value.steps) && Object.values(value.outputs).every(hasFrom)
      ? (value as RiverDocument)
      : undefined;
  } catch {
    return undefined;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);
const hasFrom = (value: unknown): boolean =>
  isRecord(value) && (typeof value["from"] === "string" || (Array.isArray(value["from"]) && value["from"].every((from) => typeof from === "string")));

function hasDrawableSteps(steps: unknown): boolean {
  if (steps === undefined) return true;
  return isRecord(steps) && Object.values(steps).every((step) => hasFrom(step) && hasDrawableOperators(step as Record<string, unknown>));
}

/** Operators that are half written have the wrong shape; drawing them has to wait. */
function hasDrawableOperators(step: Record<string, unknown>): boolean {
  const list = step["do"] ?? [];
  if (!Array.isArray(list)) return false;
  return [step, ...(list as unknown[])].every((operator) => {
    if (!isRecord(operator)) return false;
    const { join, aggregate, window, dedupe } = operator;
    const groups = [aggregate, window].every((group) => group === undefined || (isRecord(group) && isRecord(group["values"]) && group["by"] !== null));
    return groups && (join === undefined || (isRecord(join) && typeof join["to"] === "string")) && hasDrawableLists(operator, dedupe);
  });
}

function hasDrawableLists(operator: Record<string, unknown>, dedupe: unknown): boolean {
  const none = Object.values(operator).some((value) => value === null);
  const { union, intersect, except, derive } = operator;
  return (
    !none &&
    (dedupe === undefined || (isRecord(dedupe) && Array.isArray(dedupe["by"]))) &&
    (union === undefined || (isRecord(union) && (union["with"] === undefined || Array.isArray(union["with"])))) &&
    [intersect, except].every((other) => other === undefined || (isRecord(other) && typeof other["with"] === "string")) &&
    (derive === undefined || isRecord(derive))
  );
}
