import { z } from "zod";
import { FaultShape, Name, page, PageQuery, Time } from "./common.ts";
import { route } from "./http.ts";
import { PlanningAnswer, PlanningCatalog, PlanningKey, PlanningQuestion, PlanningRequest } from "./planning.ts";
import { River } from "./rivers.ts";
import { Quote } from "./runs.ts";

export const Prompt = z
  .strictObject({
    id: z.string(),
    status: PlanningAnswer.shape.status,
    river: River.pick({ id: true, name: true, version: true, document: true })
      .extend({ draft: z.literal(true) })
      .nullable(),
    explanation: z.string(),
    assumptions: z.array(z.string()),
    readings: PlanningAnswer.shape.readings,
    spans: PlanningAnswer.shape.spans,
    unused: z.array(z.string()),
    questions: z.array(PlanningQuestion),
    reason: z.string().nullable(),
    quote: Quote.nullable(),
    planner: z.enum(["grammar", "model"]),
    confidence: z.number().min(0).max(1),
    /** The question as it was asked. */
    text: z.string(),
    createdAt: Time,
  })
  .meta({ id: "Prompt" });
export type Prompt = z.output<typeof Prompt>;

/** A prompt as lists show it; the whole of it is read by its id. */
export const PromptSummary = Prompt.pick({ id: true, text: true, status: true, createdAt: true }).meta({ id: "PromptSummary" });
export type PromptSummary = z.output<typeof PromptSummary>;

const tag = "Ask";
const PromptPath = z.strictObject({ prompt: z.string().min(1).max(80) });
export const promptRoutes = {
  ask: route({
    method: "POST",
    path: "/v1/prompts",
    scope: "prompts:write",
    tag,
    summary: "Turn a sentence into a river draft, a question back, or an honest no",
    body: z.strictObject({
      text: z.string().trim().min(1).max(2_000),
      datasets: z.array(Name).min(1).max(200).optional(),
      today: z.iso.date().optional(),
      follows: z.string().max(80).optional(),
    }),
    answer: Prompt,
    errors: ["DATASET_NOT_FOUND", "PROMPT_NOT_FOUND"],
  }),
  answerPrompt: route({
    method: "POST",
    path: "/v1/prompts/:prompt/answers",
    scope: "prompts:write",
    tag,
    summary: "Answer its questions, or choose another reading (id `reading`)",
    params: PromptPath,
    body: z.strictObject({
      answers: z
        .array(z.strictObject({ id: z.string().max(200), value: z.string().max(500) }))
        .min(1)
        .max(20),
    }),
    answer: Prompt,
    errors: ["PROMPT_NOT_FOUND", "PROMPT_NOT_WAITING"],
  }),
  getPrompt: route({
    method: "GET",
    path: "/v1/prompts/:prompt",
    scope: "prompts:read",
    tag,
    summary: "One prompt",
    params: PromptPath,
    answer: Prompt,
    errors: ["PROMPT_NOT_FOUND"],
  }),
};

/** Answered by who keeps the prompts. */
export const promptHistoryRoutes = {
  listPrompts: route({
    method: "GET",
    path: "/v1/prompts",
    scope: "prompts:read",
    tag,
    summary: "What was asked in this workspace, newest first",
    query: PageQuery,
    answer: page(PromptSummary),
  }),
};

export const planningRoutes = {
  plan: route({
    method: "POST",
    path: "/internal/planning/plan",
    scope: "internal",
    tag: "Internal",
    summary: "Plan a sentence over a catalog",
    body: PlanningRequest,
    answer: PlanningAnswer,
    maxBodyBytes: 64 * 2 ** 20,
  }),
};

/** What a prompt needs to be asked again with answers. */
export const PromptRecord = z.strictObject({
  prompt: Prompt,
  request: z.strictObject({
    text: z.string(),
    today: z.string(),
    datasets: z.array(z.string()).nullable(),
    answers: PlanningRequest.shape.answers,
  }),
});

export const promptInternalRoutes = {
  planningCatalog: route({
    method: "POST",
    path: "/internal/catalog/planning",
    scope: "internal",
    tag: "Internal",
    summary: "What the planner may know of the workspace's datasets",
    body: z.strictObject({ datasets: z.array(z.string()).nullable() }),
    answer: PlanningCatalog,
    errors: ["DATASET_NOT_FOUND"],
  }),
  findPrompt: route({
    method: "GET",
    path: "/internal/prompts",
    scope: "internal",
    tag: "Internal",
    summary: "A prompt with its request",
    query: z.strictObject({ prompt: z.string() }),
    answer: PromptRecord.nullable(),
  }),
  savePrompt: route({
    method: "POST",
    path: "/internal/prompts",
    scope: "internal",
    tag: "Internal",
    summary: "Keep an answer; a planned one becomes a river draft with its quote",
    body: z.strictObject({
      id: z.string().nullable(),
      request: PromptRecord.shape.request,
      answer: PlanningAnswer,
    }),
    answer: z.strictObject({ prompt: Prompt, faults: z.array(FaultShape) }),
    maxBodyBytes: 16 * 2 ** 20,
  }),
};

/** Turning a stored file into a dataset version. */
export { PlanningKey as KeyShape };
