import { z } from "zod";
import { FaultShape, IdOrName, mostVersions, Name, page, PageQuery, Time, VersionNumber } from "./common.ts";
import { route } from "./http.ts";

/** Names of flows; two more are reserved than of rivers, since operations stand at their addresses. */
export const FlowName = Name.refine((name) => !["spec", "test"].includes(name), "is reserved").meta({ id: "FlowName" });
/** The tree of nodes of docs/flows.md; `GET /v1/flows/spec` holds its JSON Schema. */
const FlowDocumentShape = z.record(z.string(), z.unknown()).meta({ id: "FlowDocument" });

export const Flow = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    version: z.number().int().positive(),
    document: FlowDocumentShape,
    /** SHA-256 of the canonical document. */
    digest: z.string(),
    createdAt: Time,
  })
  .meta({ id: "Flow" });
export type Flow = z.output<typeof Flow>;

/** One version of a flow, as rivers use it. */
export const SavedFlow = Flow.pick({ id: true, name: true, version: true, document: true });
export type SavedFlow = z.output<typeof SavedFlow>;

const FlowValidation = z.strictObject({ valid: z.boolean(), errors: z.array(FaultShape) }).meta({ id: "FlowValidation" });

const JsonSchemaShape = z.record(z.string(), z.unknown());
const Catalogued = z.array(
  z.strictObject({
    name: z.string(),
    version: z.string(),
    description: z.string().optional(),
    tags: z.array(z.string()).optional(),
    input: JsonSchemaShape.optional(),
    output: JsonSchemaShape.optional(),
    config: JsonSchemaShape.optional(),
    /** Every key a condition can answer. */
    values: z.array(z.string()).optional(),
  }),
);
export const FlowSpecification = z
  .strictObject({
    /** JSON Schema (2020-12) of whole documents, with every name that can stand in them. */
    document: JsonSchemaShape,
    connectors: z.array(
      z.strictObject({
        type: z.string(),
        description: z.string(),
        fields: z.array(
          z.strictObject({
            name: z.string(),
            kind: z.string(),
            required: z.boolean(),
            default: z.union([z.string(), z.number()]).optional(),
            values: z.array(z.string()).optional(),
            description: z.string(),
          }),
        ),
      }),
    ),
    processors: Catalogued,
    predicates: Catalogued,
    conditions: Catalogued,
    reducers: Catalogued,
    errorHandlers: Catalogued,
    channels: Catalogued,
  })
  .meta({ id: "FlowSpecification" });
export type FlowSpecification = z.output<typeof FlowSpecification>;

/** A node of a flow as pictures show it. */
export const FlowTreeNode = z
  .strictObject({
    /** JSON Pointer of the node in its document. */
    id: z.string(),
    /** A node type, `processor` or `stream`. */
    type: z.string(),
    /** The name that errors and signals carry. */
    name: z.string(),
    title: z.string(),
    /** What its parent uses it for: `child`, `then`, a route's key …; empty for the root. */
    role: z.string(),
    settings: z.record(z.string(), z.unknown()),
    get children() {
      return z.array(FlowTreeNode);
    },
  })
  .meta({ id: "FlowTreeNode" });
export type FlowTreeNode = z.output<typeof FlowTreeNode>;

/** Most sample records of one test. */
export const mostSampleRecords = 1_000;
const SampleRecords = z.array(z.record(z.string(), z.unknown())).max(mostSampleRecords);

const RecordProblem = z.strictObject({
  code: z.string(),
  message: z.string(),
  /** Names of nodes, outer to inner. */
  path: z.array(z.string()),
  timedOut: z.boolean(),
});
export const FlowTest = z
  .strictObject({
    /** What became of each record, in their order. */
    records: z.array(
      z.strictObject({
        status: z.enum(["succeeded", "failed"]),
        /** What came out; null where it failed. */
        output: z.unknown(),
        error: RecordProblem.nullable(),
        /** Most tries that any retry made for it; 1 without. */
        attempts: z.number().int().positive(),
        durationMs: z.number().nonnegative(),
      }),
    ),
    /** What the nodes told, in order: the first 2,000. */
    signals: z.array(
      z.strictObject({
        /** Which record caused it, from 0. */
        record: z.number().int().nonnegative(),
        name: z.string(),
        /** From the start of the test. */
        atMs: z.number().nonnegative(),
        data: z.record(z.string(), z.unknown()),
      }),
    ),
    /** Signals after those that are told. */
    droppedSignals: z.number().int().nonnegative(),
  })
  .meta({ id: "FlowTest" });
export type FlowTest = z.output<typeof FlowTest>;

const FlowPath = z.strictObject({ flow: IdOrName });
const documents = ["application/json", "application/yaml"] as const;
const languageHeader = { "content-type": "Which language the document is in" };
const tag = "Flows";
const textErrors = ["BODY_NOT_PARSEABLE", "UNSUPPORTED_CONTENT_TYPE"];
const OneVersion = z.strictObject({ version: z.coerce.number().int().positive().max(mostVersions).optional() });

export const flowRoutes = {
  validateFlow: route({
    method: "POST",
    path: "/v1/flows/validate",
    scope: "flows:read",
    tag,
    summary: "All faults of a flow at once, each with its place and what was probably meant; nothing is kept",
    consumes: documents,
    document: FlowDocumentShape,
    answer: FlowValidation,
    headers: languageHeader,
    errors: textErrors,
  }),
  getFlowSpecification: route({
    method: "GET",
    path: "/v1/flows/spec",
    scope: "flows:read",
    tag,
    summary: "Everything that flows can say: JSON Schema of documents and the catalogue of what they name",
    answer: FlowSpecification,
  }),
  createFlow: route({
    method: "POST",
    path: "/v1/flows",
    scope: "flows:write",
    tag,
    summary: "Save a new flow",
    query: z.strictObject({
      /** Default: the name of the document's root. */
      name: FlowName.optional(),
    }),
    consumes: documents,
    document: FlowDocumentShape,
    answer: Flow,
    status: 201,
    headers: languageHeader,
    errors: ["FLOW_INVALID", "FLOW_NAME_TAKEN", ...textErrors],
  }),
  putFlow: route({
    method: "PUT",
    path: "/v1/flows/:flow",
    scope: "flows:write",
    tag,
    summary: "Save the next version of a flow",
    params: FlowPath,
    consumes: documents,
    document: FlowDocumentShape,
    answer: Flow,
    status: 201,
    also: { 200: "There was a version before" },
    headers: { ...languageHeader, "if-match": "ETag of the version this one follows" },
    errors: ["FLOW_INVALID", ...textErrors, "PRECONDITION_FAILED"],
  }),
  listFlows: route({ method: "GET", path: "/v1/flows", scope: "flows:read", tag, summary: "Flows by name", query: PageQuery, answer: page(Flow) }),
  getFlow: route({
    method: "GET",
    path: "/v1/flows/:flow",
    scope: "flows:read",
    tag,
    summary: "A flow in its current or another version",
    params: FlowPath,
    query: OneVersion,
    answer: Flow,
    errors: ["FLOW_NOT_FOUND", "FLOW_VERSION_NOT_FOUND"],
  }),
  listFlowVersions: route({
    method: "GET",
    path: "/v1/flows/:flow/versions",
    scope: "flows:read",
    tag,
    summary: "Its versions, newest first",
    params: FlowPath,
    query: PageQuery,
    answer: page(Flow),
    errors: ["FLOW_NOT_FOUND"],
  }),
  getFlowGraph: route({
    method: "GET",
    path: "/v1/flows/:flow/graph",
    scope: "flows:read",
    tag,
    summary: "Its nodes as a tree, or as a Mermaid flowchart",
    params: FlowPath,
    query: OneVersion,
    answer: FlowTreeNode,
    produces: ["text/vnd.mermaid"],
    headers: { accept: "`text/vnd.mermaid` gives a Mermaid flowchart" },
    errors: ["FLOW_NOT_FOUND", "FLOW_VERSION_NOT_FOUND"],
  }),
  rollbackFlow: route({
    method: "POST",
    path: "/v1/flows/:flow/rollback",
    scope: "flows:write",
    tag,
    summary: "Make an earlier version the newest again (as a new version)",
    params: FlowPath,
    body: z.strictObject({ version: VersionNumber }),
    answer: Flow,
    errors: ["FLOW_NOT_FOUND", "FLOW_VERSION_NOT_FOUND", "FLOW_INVALID"],
  }),
  deleteFlow: route({
    method: "DELETE",
    path: "/v1/flows/:flow",
    scope: "flows:write",
    tag,
    summary: "Delete a flow",
    params: FlowPath,
    errors: ["FLOW_NOT_FOUND"],
  }),
};

const testErrors = ["FLOW_INVALID", "FLOW_TEST_TIMEOUT", "FLOW_TEST_MEMORY_EXCEEDED", "FLOW_TEST_FAILED"];
/** Flows tried on sample records, in a process of their own. */
export const flowTestRoutes = {
  testDocument: route({
    method: "POST",
    path: "/v1/flows/test",
    scope: "flows:read",
    tag,
    summary: "Run sample records through a document; nothing is kept",
    body: z.strictObject({
      /** A YAML or JSON text, or the document itself. */
      document: z.union([z.string(), FlowDocumentShape]),
      records: SampleRecords,
    }),
    answer: FlowTest,
    maxBodyBytes: 8 * 2 ** 20,
    errors: testErrors,
  }),
  testFlow: route({
    method: "POST",
    path: "/v1/flows/:flow/test",
    scope: "flows:read",
    tag,
    summary: "Run sample records through a flow; nothing is kept",
    params: FlowPath,
    body: z.strictObject({ version: VersionNumber.optional(), records: SampleRecords }),
    answer: FlowTest,
    maxBodyBytes: 8 * 2 ** 20,
    errors: ["FLOW_NOT_FOUND", "FLOW_VERSION_NOT_FOUND", ...testErrors],
  }),
};
