import { z } from "zod";
import { ColumnType, FaultShape, IdOrName, Name, page, PageQuery, Time, VersionNumber, mostVersions } from "./common.ts";
import { Column, Lineage, PlannableDataset, ReadableDataset } from "./datasets.ts";
import { SavedFlow } from "./flows.ts";
import { route } from "./http.ts";
import { RiverDocument } from "./river-document.ts";
import { Quote } from "./runs.ts";

export const River = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    version: z.number().int().positive(),
    draft: z.boolean(),
    document: RiverDocument,
    /** SHA-256 of the canonical document. */
    digest: z.string(),
    createdAt: Time,
  })
  .meta({ id: "River" });
export type River = z.output<typeof River>;

const PlanColumn = Column.pick({ name: true, type: true, nullable: true, labels: true });
export const Plan = z
  .strictObject({
    steps: z.array(
      z.strictObject({
        name: z.string(),
        kind: z.string(),
        dependsOn: z.array(z.string()),
        engine: z.string(),
        /** The statement of its stage, where it is the last step of one. */
        sql: z.string().optional(),
        columns: z.array(PlanColumn),
        /** Rows it is expected to give; null without evidence. */
        estimatedRows: z.number().nullable(),
        /**
         * What that stands on: `measured` by the last run over inputs of this size; rows that were `counted`; the `profile` of
         * the datasets; or, somewhere on its way, a share `assumed` since nothing is known. Null where nothing is estimated.
         */
        estimateBasis: z.enum(["measured", "counted", "profile", "assumed"]).nullable(),
      }),
    ),
    stages: z.array(z.strictObject({ name: z.string(), steps: z.array(z.string()), sql: z.string(), columns: z.array(PlanColumn) })),
    outputs: z.array(z.strictObject({ name: z.string(), dataset: z.string(), mode: z.string(), columns: z.array(PlanColumn) })),
    lineage: Lineage,
    /** Labelled columns that reach an output, and how. */
    labels: z.array(z.strictObject({ output: z.string(), column: z.string(), label: z.string(), origins: z.array(z.string()), influence: z.string() })),
    policies: z.array(z.strictObject({ name: z.string(), effect: z.string(), detail: z.string() })),
    warnings: z.array(FaultShape),
    quote: Quote,
  })
  .meta({ id: "Plan" });
export type Plan = z.output<typeof Plan>;

export const Validation = z.strictObject({ valid: z.boolean(), errors: z.array(FaultShape), warnings: z.array(FaultShape) }).meta({ id: "Validation" });

const RiverPath = z.strictObject({ river: IdOrName });
const documents = ["application/json", "application/yaml", "application/hocon"] as const;
const tag = "Rivers";
const documentErrors = ["RIVER_INVALID", "RIVER_NAME_TAKEN", "BODY_NOT_PARSEABLE", "UNSUPPORTED_CONTENT_TYPE"];
export const riverRoutes = {
  validateRiver: route({
    method: "POST",
    path: "/v1/rivers/validate",
    scope: "rivers:read",
    tag,
    summary: "All faults of a document at once; nothing is kept",
    consumes: documents,
    document: RiverDocument,
    answer: Validation,
    headers: { "content-type": "Which language the document is in" },
    errors: ["BODY_NOT_PARSEABLE", "UNSUPPORTED_CONTENT_TYPE"],
  }),
  createRiver: route({
    method: "POST",
    path: "/v1/rivers",
    scope: "rivers:write",
    tag,
    summary: "Save a new river",
    consumes: documents,
    document: RiverDocument,
    answer: River,
    status: 201,
    headers: { "content-type": "Which language the document is in" },
    errors: documentErrors,
  }),
  putRiver: route({
    method: "PUT",
    path: "/v1/rivers/:river",
    scope: "rivers:write",
    tag,
    summary: "Save the next version of a river",
    params: RiverPath,
    consumes: documents,
    document: RiverDocument,
    answer: River,
    status: 201,
    also: { 200: "There was a version before" },
    headers: { "content-type": "Which language the document is in", "if-match": "ETag of the version this one follows" },
    errors: [...documentErrors, "PRECONDITION_FAILED"],
  }),
  saveDraft: route({
    method: "POST",
    path: "/v1/rivers/:river/save",
    scope: "rivers:write",
    tag,
    summary: "Keep a draft under a name",
    params: RiverPath,
    body: z.strictObject({ name: Name.optional() }),
    answer: River,
    errors: ["RIVER_NOT_FOUND", "RIVER_NAME_TAKEN", "RIVER_NOT_DRAFT"],
  }),
  listRivers: route({ method: "GET", path: "/v1/rivers", scope: "rivers:read", tag, summary: "Rivers, without drafts", query: PageQuery, answer: page(River) }),
  getRiver: route({
    method: "GET",
    path: "/v1/rivers/:river",
    scope: "rivers:read",
    tag,
    summary: "A river in its current or another version",
    params: RiverPath,
    query: z.strictObject({ version: z.coerce.number().int().positive().max(mostVersions).optional() }),
    answer: River,
    errors: ["RIVER_NOT_FOUND", "RIVER_VERSION_NOT_FOUND"],
  }),
  listRiverVersions: route({
    method: "GET",
    path: "/v1/rivers/:river/versions",
    scope: "rivers:read",
    tag,
    summary: "Its versions, newest first",
    params: RiverPath,
    query: PageQuery,
    answer: page(River),
    errors: ["RIVER_NOT_FOUND"],
  }),
  rollbackRiver: route({
    method: "POST",
    path: "/v1/rivers/:river/rollback",
    scope: "rivers:write",
    tag,
    summary: "Make an earlier version the newest again (as a new version)",
    params: RiverPath,
    body: z.strictObject({ version: VersionNumber }),
    answer: River,
    errors: ["RIVER_NOT_FOUND", "RIVER_VERSION_NOT_FOUND", "RIVER_INVALID"],
  }),
  deleteRiver: route({
    method: "DELETE",
    path: "/v1/rivers/:river",
    scope: "rivers:write",
    tag,
    summary: "Delete a river; its runs and datasets stay",
    params: RiverPath,
    errors: ["RIVER_NOT_FOUND"],
  }),
  planRiver: route({
    method: "POST",
    path: "/v1/rivers/:river/plan",
    scope: "rivers:read",
    tag,
    summary: "Dry run: steps, columns, lineage, labels and the quote",
    params: RiverPath,
    body: z.strictObject({ parameters: z.record(z.string(), z.unknown()).optional() }),
    answer: Plan,
    errors: ["RIVER_NOT_FOUND", "RIVER_INVALID"],
  }),
};

/** How long past stages took, for quotes: newest first. */
export const PastStage = z.strictObject({
  digest: z.string(),
  run: z.string(),
  /** The output it wrote. */
  stage: z.string(),
  inputRows: z.number().nullable(),
  inputBytes: z.number(),
  outputRows: z.number(),
  cpuMs: z.number(),
  durationMs: z.number(),
});
export type PastStage = z.output<typeof PastStage>;

export const executionRoutes = {
  checkRiver: route({
    method: "POST",
    path: "/internal/rivers/check",
    scope: "internal",
    tag: "Internal",
    summary: "Parse, validate and, where valid, plan and price a document against given datasets",
    body: z.strictObject({
      source: z.discriminatedUnion("kind", [
        z.strictObject({ kind: z.literal("text"), text: z.string(), contentType: z.string() }),
        z.strictObject({ kind: z.literal("document"), document: z.unknown() }),
      ]),
      datasets: z.array(PlannableDataset),
      /** Saved flows that it names: the versions asked for, and the newest. */
      flows: z.array(SavedFlow),
      parameters: z.record(z.string(), z.unknown()),
      /** Whether parameters without default must be given. */
      requireParameters: z.boolean(),
      history: z.array(PastStage),
    }),
    answer: z.strictObject({
      errors: z.array(FaultShape),
      warnings: z.array(FaultShape),
      /** With the version of every flow that it names. */
      document: RiverDocument.nullable(),
      digest: z.string().nullable(),
      /** The same with those flows in place of their names: what a run of it does. */
      runnable: RiverDocument.nullable(),
      plan: Plan.nullable(),
    }),
    maxBodyBytes: 64 * 2 ** 20,
  }),
};

export const governanceRoutes = {
  assessPlan: route({
    method: "POST",
    path: "/internal/governance/assess",
    scope: "internal",
    tag: "Internal",
    summary: "Which labels reach which outputs, and what follows from it",
    body: z.strictObject({ outputs: Plan.shape.outputs, lineage: Lineage, datasets: z.array(ReadableDataset) }),
    answer: Plan.pick({ labels: true, policies: true }),
    maxBodyBytes: 64 * 2 ** 20,
  }),
};

/** Shape of a SELECT without running it: for `sql` steps. */
export const describeRoutes = {
  describeSql: route({
    method: "POST",
    path: "/internal/sql/describe",
    scope: "internal",
    tag: "Internal",
    summary: "Columns of checked SELECT statements over given tables",
    body: z.strictObject({
      statements: z.array(z.strictObject({ pointer: z.string(), sql: z.string(), tables: z.record(z.string(), z.array(ColumnType)) })),
    }),
    answer: z.array(
      z.strictObject({
        pointer: z.string(),
        columns: z.array(ColumnType).nullable(),
        /** Output column → the `table.column` names it comes from; null when unknown. */
        lineage: z.record(z.string(), z.array(z.string())).nullable(),
        fault: z.strictObject({ code: z.string(), message: z.string() }).nullable(),
      }),
    ),
    maxBodyBytes: 16 * 2 ** 20,
  }),
};
