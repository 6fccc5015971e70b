import { type Caller, type Fault, idFor, type Plan, type PlanningAnswer, type PlanningCatalog, type Prompt, type PromptSummary } from "@rivergen/contracts";
import type { RiverService } from "../rivers/service.ts";
import { type CatalogDependencies, readCatalog } from "./catalog.ts";

interface Dependencies extends CatalogDependencies {
  readonly rivers: RiverService;
  readonly now: () => Date;
}
interface PromptRequest {
  readonly text: string;
  readonly today: string;
  readonly datasets: string[] | null;
  readonly answers: { id: string; value: string }[];
}

export type PromptService = ReturnType<typeof createPromptService>;

export function createPromptService({ inWorkspace, rivers, keys, now }: Dependencies) {
  /** What the planner may know: the newest versions with names, evidence and keys. @throws DATASET_NOT_FOUND */
  function catalog(workspaceId: string, wanted: readonly string[] | null): Promise<PlanningCatalog> {
    return readCatalog({ inWorkspace, keys }, workspaceId, wanted);
  }

  async function find(workspaceId: string, id: string) {
    return inWorkspace(workspaceId, async (tx) => {
      const [row] = await tx.rows<{ request: PromptRequest; prompt: Prompt }>(
        `select request, prompt from backend_core.prompts where workspace_id = $1 and id = $2`,
        [workspaceId, id],
      );
      return row ?? null;
    });
  }

  /** Newest first: ids are made of the time they were asked at. */
  async function list(workspaceId: string, { limit, cursor }: { limit: number; cursor?: string | undefined }) {
    return inWorkspace(workspaceId, async (tx) => {
      const items = await tx.rows<PromptSummary>(
        `select id, prompt->>'text' as text, prompt->>'status' as status, prompt->>'createdAt' as "createdAt" from backend_core.prompts
         where workspace_id = $1 and ($2::text is null or id < $2) order by id desc limit $3`,
        [workspaceId, cursor ?? null, limit + 1],
      );
      return { items: items.slice(0, limit), nextCursor: items.length > limit ? (items[limit - 1]?.id ?? null) : null };
    });
  }

  /** Keeps an answer. A planned document is checked like any other and becomes a draft; one that does not pass is no plan. */
  async function save(
    caller: Caller,
    given: { id: string | null; request: PromptRequest; answer: PlanningAnswer },
  ): Promise<{ prompt: Prompt; faults: Fault[] }> {
    const { answer } = given;
    const id = given.id ?? idFor("prompt", caller);
    const checked = answer.document === null ? undefined : await rivers.check(caller, { kind: "document", document: answer.document }, {}, true);
    const faults = checked ? [...checked.errors] : [];
    const planned = answer.status === "planned" && checked?.plan != null && checked.document !== null;
    const prompt = await inWorkspace(caller.workspaceId, async (tx) => {
      const river =
        planned && checked.document
          ? await rivers.createDraft(tx, caller, idFor("river", caller, `/${JSON.stringify(given.request.answers)}`), checked.document)
          : null;
      const shown = toPrompt(
        id,
        given.request.text,
        answer,
        planned,
        river && { id: river.id, name: river.name, version: river.version, draft: true, document: river.document },
        checked?.plan ?? null,
        now(),
      );
      await tx.rows(
        `insert into backend_core.prompts (workspace_id, id, request, prompt) values ($1, $2, $3, $4)
         on conflict (workspace_id, id) do update set request = excluded.request, prompt = excluded.prompt, updated_at = now()`,
        [caller.workspaceId, id, JSON.stringify(given.request), JSON.stringify(shown)],
      );
      return shown;
    });
    return { prompt, faults };
  }

  return { catalog, find, list, save };
}

function toPrompt(id: string, text: string, answer: PlanningAnswer, planned: boolean, river: Prompt["river"], plan: Plan | null, now: Date): Prompt {
  const failed = answer.status === "planned" && !planned;
  return {
    id,
    status: failed ? "unanswerable" : answer.status,
    river,
    explanation: answer.explanation,
    // What multiplies rows changes what an answer means: it stands where people look for that.
    assumptions: [...answer.assumptions, ...(plan?.warnings ?? []).flatMap(({ code, message }) => (code === "MANY_TO_MANY" ? [message] : []))],
    readings: answer.readings,
    spans: answer.spans,
    unused: answer.unused,
    questions: answer.questions,
    reason: failed ? "The question was understood, but no valid plan could be made of it. Ask it in other words, or write the river by hand." : answer.reason,
    quote: plan?.quote ?? null,
    planner: "grammar",
    confidence: answer.confidence,
    text,
    createdAt: now.toISOString(),
  };
}
