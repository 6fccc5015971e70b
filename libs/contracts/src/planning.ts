import { z } from "zod";
import { RiverDocument } from "./river-document.ts";

/** What the planner knows of one column: names for people, type, and evidence about its values. */
export const PlanningColumn = z.strictObject({
  name: z.string(),
  /** Spelled as in river documents: `integer`, `decimal(18,2)`, `list<string>` … */
  type: z.string(),
  nullable: z.boolean(),
  labels: z.array(z.string()),
  description: z.string(),
  /** Other words people use for it; given by users, so they come before any dictionary. */
  synonyms: z.array(z.string()),
  nullCount: z.number().nullable(),
  distinctCount: z.number().nullable(),
  /** Smallest and largest value as text; null when unknown. */
  min: z.string().nullable(),
  max: z.string().nullable(),
  /** Known values with their frequency, most frequent first. */
  values: z.array(z.strictObject({ value: z.string(), count: z.number() })),
  /** Whether `values` holds every distinct value of the column. */
  valuesComplete: z.boolean(),
});
export type PlanningColumn = z.output<typeof PlanningColumn>;

export const PlanningTable = z.strictObject({
  /** Dataset name, as river documents spell it. */
  name: z.string(),
  /** The title its owner gave it (often the file's stem). */
  title: z.string(),
  description: z.string(),
  synonyms: z.array(z.string()),
  rowCount: z.number().nullable(),
  columns: z.array(PlanningColumn),
  /** Columns that identify a row, if known. */
  primaryKey: z.array(z.string()).nullable(),
});
export type PlanningTable = z.output<typeof PlanningTable>;

/** A key found by name and by value containment, or declared. */
export const PlanningKey = z.strictObject({
  from: z.strictObject({ table: z.string(), column: z.string() }),
  to: z.strictObject({ table: z.string(), column: z.string() }),
  /** Share of the distinct non-null `from` values that exist in `to`, 0–1. */
  coverage: z.number(),
});
export type PlanningKey = z.output<typeof PlanningKey>;

export const PlanningCatalog = z.strictObject({
  tables: z.array(PlanningTable),
  keys: z.array(PlanningKey),
});
export type PlanningCatalog = z.output<typeof PlanningCatalog>;

/** A question back to the asker, with the readings it decides between. */
export const PlanningQuestion = z.strictObject({
  id: z.string(),
  text: z.string(),
  options: z.array(z.strictObject({ value: z.string(), text: z.string() })),
});

export const PlanningRequest = z.strictObject({
  text: z.string(),
  /** The day that relative dates are counted from, `YYYY-MM-DD`. */
  today: z.string(),
  catalog: PlanningCatalog,
  /** Answers given so far; the same text and answers always give the same plan. */
  answers: z.array(z.strictObject({ id: z.string(), value: z.string() })),
});
export type PlanningRequest = z.output<typeof PlanningRequest>;

export const PlanningAnswer = z.strictObject({
  status: z.enum(["planned", "needs_clarification", "unanswerable", "refused"]),
  /** The river that answers the question; null unless planned. Its only output is named `answer`. */
  document: RiverDocument.nullable(),
  /** The reading in words, operator by operator. */
  explanation: z.string(),
  /** What was taken for granted ("rows without delay are left out"). */
  assumptions: z.array(z.string()),
  /** Other good readings that lost; `value` may be given as an answer to the question `reading`. */
  readings: z.array(z.strictObject({ value: z.string(), text: z.string() })),
  /** Which characters of the text (UTF-16, end exclusive) caused which place of the document. */
  spans: z.array(z.strictObject({ start: z.number().int(), end: z.number().int(), meaning: z.string(), pointer: z.string() })),
  /** Words that caused nothing. */
  unused: z.array(z.string()),
  questions: z.array(PlanningQuestion),
  /** Why it was not planned, and what is missing; null when planned. */
  reason: z.string().nullable(),
  /** 0–1. */
  confidence: z.number(),
});
export type PlanningAnswer = z.output<typeof PlanningAnswer>;
