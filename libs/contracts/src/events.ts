import { z } from "zod";
import { Time } from "./common.ts";
import { RejectionCode } from "./datasets.ts";
import { route } from "./http.ts";

const dataset = z.looseObject({ name: z.string(), version: z.number().int(), status: z.string() });
const run = z.looseObject({ river: z.string(), attempt: z.number().int() });
const step = z.looseObject({ step: z.string(), stage: z.string(), attempt: z.number().int() });

/** What can happen in a workspace, as data: type → what it means and what `data` holds. */
export const eventCatalog = {
  "file.stored": { summary: "A file is safe and readable", data: z.looseObject({ path: z.string(), sizeBytes: z.number(), sha256: z.string() }) },
  "file.deleted": { summary: "A file was deleted", data: z.looseObject({ path: z.string() }) },
  "dataset.ready": { summary: "A version of a dataset can be read", data: dataset },
  "dataset.rejected": { summary: "A file could not be read as a table", data: dataset.extend({ code: RejectionCode.optional(), reason: z.string() }) },
  "dataset.updated": { summary: "A dataset got a new version or description", data: dataset },
  "dataset.deleted": { summary: "A dataset was deleted", data: z.looseObject({ name: z.string() }) },
  "river.saved": { summary: "A version of a river was saved", data: z.looseObject({ name: z.string(), version: z.number().int() }) },
  "river.deleted": { summary: "A river was deleted", data: z.looseObject({ name: z.string() }) },
  "flow.saved": { summary: "A version of a flow was saved", data: z.looseObject({ name: z.string(), version: z.number().int() }) },
  "flow.deleted": { summary: "A flow was deleted", data: z.looseObject({ name: z.string() }) },
  "run.queued": { summary: "A run waits for a worker", data: run },
  "run.started": { summary: "A worker took the run", data: run },
  "run.step.started": { summary: "A step began", data: step },
  "run.step.progressed": {
    summary: "A step got on; at most one a second and step",
    data: step.extend({ fraction: z.number().nullable(), rowsDone: z.number().nullable(), rowsExpected: z.number().nullable() }),
  },
  "run.step.succeeded": { summary: "A step is done", data: step.extend({ rowsOut: z.number().nullable(), durationMs: z.number().nullable() }) },
  "run.step.failed": { summary: "A step failed", data: step.extend({ code: z.string(), detail: z.string() }) },
  "run.step.skipped": { summary: "A step was not reached", data: step },
  "run.succeeded": { summary: "All outputs are written", data: run },
  "run.failed": { summary: "The run ended without its outputs", data: run.extend({ code: z.string(), detail: z.string() }) },
  "run.cancelled": { summary: "The run was stopped on request", data: run },
  "usage.recorded": {
    summary: "Usage of a run was metered",
    data: z.looseObject({ run: z.string().nullable(), items: z.array(z.looseObject({ meter: z.string(), quantity: z.number(), unit: z.string() })) }),
  },
} as const;
export type EventType = keyof typeof eventCatalog;
export const eventTypes = Object.keys(eventCatalog) as EventType[];

/** One entry of the workspace's log; attributes of CloudEvents 1.0 and its place in the log. */
export const Event = z
  .strictObject({
    /** Counts up by workspace without gaps. */
    seq: z.number().int().positive(),
    id: z.string(),
    type: z.enum(eventTypes as [EventType, ...EventType[]]),
    source: z.string(),
    /** Id of the thing it happened to. */
    subject: z.string(),
    time: Time,
    data: z.record(z.string(), z.unknown()),
    /** On narrower channels: `seq` of the event before it on the same channel; null for the first. */
    prevSeq: z.number().int().nullable().optional(),
  })
  .meta({ id: "Event" });
export type Event = z.output<typeof Event>;

/** Topic on which every entry of every workspace's log is broadcast; keyed by workspace. */
export const workspaceEventTopic = "backend-core.workspace-event.v1";

/** `data` on that topic: an entry and its place on the narrower channels. */
export const LoggedEvent = z.strictObject({
  event: Event.omit({ prevSeq: true }),
  /** `run:<id>`, `dataset:<id>`: the narrower channels it belongs to. */
  channels: z.array(z.string()),
  /** For each of them the `seq` of the event before it there; null or 0 for the first. */
  prevSeqs: z.array(z.number().int().nullable()),
});
export type LoggedEvent = z.output<typeof LoggedEvent>;

/** `workspace`, `run:<id>` or `dataset:<id>`. */
export const Channel = z.string().regex(/^(workspace|run:[a-z0-9_]{1,80}|dataset:[a-z0-9_]{1,80})$/, "must be workspace, run:<id> or dataset:<id>");

export const EventPage = z.strictObject({ items: z.array(Event), lastSeq: z.number().int().nonnegative() });
export type EventPage = z.output<typeof EventPage>;

const after = z.coerce.number().int().min(0).default(0);
export const eventRoutes = {
  listEvents: route({
    method: "GET",
    path: "/v1/events",
    scope: "events:read",
    tag: "Events",
    summary: "The log of this workspace: long poll, or a stream of server-sent events",
    query: z.strictObject({
      after: z.coerce.number().int().min(0).optional(),
      waitMs: z.coerce.number().int().min(0).max(60_000).default(0),
      channels: z.string().max(10_000).optional(),
      limit: z.coerce.number().int().min(1).max(1_000).default(500),
    }),
    answer: EventPage,
    produces: ["text/event-stream"],
    headers: { accept: "`text/event-stream` streams", "last-event-id": "Where a stream goes on; wins over `after`" },
    errors: ["RUN_NOT_FOUND", "DATASET_NOT_FOUND"],
  }),
};

export const eventInternalRoutes = {
  /** Checks that every channel belongs to the caller's workspace; fails with what the channel names (RUN_NOT_FOUND …). */
  authorizeChannels: route({
    method: "POST",
    path: "/internal/events/authorize",
    scope: "internal",
    tag: "Internal",
    summary: "Whether the caller may listen to these channels, and where the log stands",
    body: z.strictObject({ channels: z.array(Channel).max(1_000) }),
    answer: z.strictObject({ seq: z.number().int().nonnegative() }),
    errors: ["RUN_NOT_FOUND", "DATASET_NOT_FOUND"],
  }),
  readEvents: route({
    method: "POST",
    path: "/internal/events/read",
    scope: "internal",
    tag: "Internal",
    summary: "Entries after a number, of all or some channels",
    body: z.strictObject({
      after: z.number().int().min(0),
      upTo: z.number().int().optional(),
      channels: z.array(Channel).max(1_000).nullable(),
      limit: z.number().int().min(1).max(1_000),
    }),
    answer: EventPage,
  }),
};
export { after as AfterQuery };
