import { convert } from "../check-shared.ts";
import type { Typed } from "../typed.ts";
import type { DataType } from "../types.ts";
import { printType, widen } from "../types.ts";
import type { PlanContext } from "./context.ts";
import { pointer } from "./context.ts";
import type { Item, PlanColumn, Relation } from "./relation.ts";
import { columnValue, uniqueLabels, uniqueOrigins } from "./relation.ts";

export interface Union {
  readonly with?: readonly string[] | undefined;
  readonly by?: "name" | "position" | undefined;
  readonly distinct?: boolean | undefined;
  readonly fillMissing?: boolean | undefined;
}

/** One column of the result and where each part has it. */
interface Slot {
  readonly name: string;
  readonly parts: (PlanColumn | undefined)[];
}

function slotsByPosition(context: PlanContext, relations: readonly Relation[]): Slot[] {
  const [first] = relations;
  if (!first) return [];
  for (const relation of relations) {
    if (relation.columns.length === first.columns.length) continue;
    context.report(
      context.path,
      "UNION_MISMATCH",
      `by position needs equally many columns, and there are ${first.columns.length} and ${relation.columns.length}`,
    );
    return [];
  }
  return first.columns.map((column, index) => ({ name: column.name, parts: relations.map((relation) => relation.columns[index]) }));
}

function slotsByName(relations: readonly Relation[]): Slot[] {
  const slots = new Map<string, Slot>();
  for (const [place, relation] of relations.entries()) {
    for (const column of relation.columns) {
      const key = column.name.toLowerCase();
      const slot = slots.get(key) ?? { name: column.name, parts: relations.map(() => undefined) };
      slots.set(key, slot);
      slot.parts[place] = column;
    }
  }
  return [...slots.values()];
}

function typeOf(context: PlanContext, slot: Slot): DataType | undefined {
  let type: DataType | undefined;
  for (const column of slot.parts) {
    if (!column) continue;
    const wider: DataType | undefined = type ? widen(type, column.type) : column.type;
    if (!wider && type) {
      context.report(context.path, "TYPE_MISMATCH", `${slot.name} is ${printType(type)} in one input and ${printType(column.type)} in another: cast one`);
      return undefined;
    }
    type = wider;
  }
  return type;
}

function reportMissing(context: PlanContext, slots: readonly Slot[], names: readonly string[], hint: string): void {
  for (const slot of slots) {
    for (const [index, column] of slot.parts.entries()) {
      if (!column) context.report(context.path, "UNION_MISMATCH", `${slot.name} is missing in ${names[index] ?? "an input"}${hint}`);
    }
  }
}

function partValue(column: PlanColumn | undefined, type: DataType): Typed {
  return column ? convert(columnValue(column), type) : convert({ op: "literal", value: null, type: { kind: "null" }, nullable: true, at: 0 }, type);
}

function combine(
  context: PlanContext,
  operation: "union" | "intersect" | "except",
  distinct: boolean,
  relations: readonly Relation[],
  slots: readonly Slot[],
): Relation {
  const typed = slots.flatMap((slot) => {
    const type = typeOf(context, slot);
    return type ? [{ slot, type }] : [];
  });
  const columns = typed.map(({ slot, type }): PlanColumn => {
    const present = slot.parts.filter((column) => column !== undefined);
    return {
      name: slot.name,
      type,
      nullable: operation === "union" ? present.length < slot.parts.length || present.some((column) => column.nullable) : (slot.parts[0]?.nullable ?? true),
      labels: uniqueLabels(present.flatMap((column) => column.labels)),
      origins: uniqueOrigins((operation === "except" ? present.slice(0, 1) : present).flatMap((column) => column.origins)),
    };
  });
  const parts = relations.map((relation, index) => ({
    relation,
    items: typed.map(({ slot, type }): Item => ({ name: slot.name, value: partValue(slot.parts[index], type) })),
  }));
  const tested =
    operation === "union"
      ? []
      : relations.flatMap((relation) => relation.columns).flatMap((column) => column.origins.map((origin) => ({ ...origin, influence: "filter" as const })));
  const influences = uniqueOrigins([...relations.flatMap((relation) => relation.influences), ...tested]);
  return { kind: "combine", operation, distinct, parts, columns, hidden: [], influences, order: [], step: context.step, path: context.path };
}

/** Rows of all inputs; by name or by position, widened, repeats kept unless `distinct`. */
export function union(context: PlanContext, input: Relation, given: Union, others: readonly string[], from: string): Relation | undefined {
  const names = [...others, ...(given.with ?? [])];
  if (names.length === 0) context.report(context.path, "INVALID_UNION", "a union names at least one other input in with");
  const found = names.map((name, index) => context.input(name, pointer(context.path, "with", Math.max(0, index - others.length))));
  const relations = [input, ...found.filter((relation) => relation !== undefined)];
  if (relations.length < names.length + 1) return undefined;
  const slots = given.by === "position" ? slotsByPosition(context, relations) : slotsByName(relations);
  if (given.fillMissing !== true) reportMissing(context, slots, [from, ...names], "; fillMissing: true fills it with null");
  return combine(context, "union", given.distinct === true, relations, slots);
}

/** Rows that are (or are not) in another input too, each once. */
export function intersectOrExcept(
  context: PlanContext,
  operation: "intersect" | "except",
  input: Relation,
  given: { readonly with: string },
  from: string,
): Relation | undefined {
  const other = context.input(given.with, pointer(context.path, "with"));
  if (!other) return undefined;
  const slots = slotsByName([input, other]);
  reportMissing(context, slots, [from, given.with], `; ${operation} compares whole rows: select the columns first`);
  return combine(context, operation, true, [input, other], slots);
}
