import { z } from "zod";
import { Column, Dialect, DialectHints, Profile, Rejected, RejectionCode } from "./datasets.ts";
import { route } from "./http.ts";
import { PlanningKey } from "./planning.ts";

/** Values of a column for the planner, with their frequencies. */
export const ColumnValues = z.strictObject({
  column: z.string(),
  values: z.array(z.strictObject({ value: z.string(), count: z.number().int() })),
  complete: z.boolean(),
});

export const IntakeResult = z.discriminatedUnion("status", [
  z.strictObject({
    status: z.literal("ready"),
    objectKey: z.string(),
    rowCount: z.number().int().nonnegative(),
    sizeBytes: z.number().int().nonnegative(),
    sha256: z.string(),
    columns: z.array(Column),
    dialect: Dialect.nullable(),
    rejected: Rejected.nullable(),
    profile: Profile,
    values: z.array(ColumnValues),
  }),
  z.strictObject({ status: z.literal("rejected"), code: RejectionCode, reason: z.string(), dialect: Dialect.nullable(), rejected: Rejected.nullable() }),
  z.strictObject({ status: z.literal("not_tabular") }),
]);
export type IntakeResult = z.output<typeof IntakeResult>;

/** A table whose keys are looked for, with what its profile knows. */
export const KeyTable = z.strictObject({
  name: z.string(),
  objectKey: z.string(),
  rowCount: z.number().int(),
  columns: z.array(
    z.strictObject({
      name: z.string(),
      type: z.string(),
      nullCount: z.number().int(),
      distinctCount: z.number().int(),
      distinctIsExact: z.boolean(),
      min: z.string().nullable(),
      max: z.string().nullable(),
    }),
  ),
});

export const intakeRoutes = {
  readFile: route({
    method: "POST",
    path: "/internal/intake/read",
    scope: "internal",
    tag: "Internal",
    summary: "Read a stored file as a table: dialect, types, rejected rows, Parquet and profile",
    body: z.strictObject({
      objectKey: z.string(),
      path: z.string(),
      contentType: z.string(),
      /** Where the Parquet is to be put; the same key again is replaced. */
      targetKey: z.string(),
      dialect: DialectHints.nullable(),
      types: z.record(z.string(), z.string()).nullable(),
      /** Append: the columns the dataset has, and the Parquet the new rows are added to. */
      append: z.strictObject({ columns: z.array(Column), objectKey: z.string() }).nullable(),
    }),
    answer: IntakeResult,
  }),
  findKeys: route({
    method: "POST",
    path: "/internal/intake/keys",
    scope: "internal",
    tag: "Internal",
    summary: "Keys between tables, by names, types and containment of values",
    body: z.strictObject({ tables: z.array(KeyTable) }),
    answer: z.strictObject({ primaryKeys: z.record(z.string(), z.array(z.string())), keys: z.array(PlanningKey) }),
    maxBodyBytes: 64 * 2 ** 20,
  }),
};
