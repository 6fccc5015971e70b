import { type Caller, type Fault, idFor, type Plan, type PlanningAnswer, type PlanningCatalog, type Prompt } from "@rivergen/contracts";
import type { RiverService } from "../rivers/service.ts";
import { type CatalogDependencies, readCatalog } from "./catalog.ts";
import { type PromptRequest, promptRepository as prompts } from "./repository.ts";

interface Dependencies extends CatalogDependencies {
  readonly rivers: RiverService;
  readonly now: () => Date;
}
export type PromptService = ReturnType<typeof createPromptService>;

export function createPromptService({ inWorkspace, rivers, keys, now }: Dependencies) {
  /** What the planner may know: the newest versions with names, evidence and keys. @throws DATASET_NOT_FOUND */
  function catalog(workspaceId: string, wanted: readonly string[] | null): Promise<PlanningCatalog> {
    return readCatalog({ inWorkspace, keys }, workspaceId, wanted);
  }

  async function find(workspaceId: string, id: string) {
    return inWorkspace(workspaceId, (tx) => prompts.find(tx, workspaceId, id));
  }

  /** Newest first; the cursor is the last one of the page before. */
  async function list(workspaceId: string, { limit, cursor }: { limit: number; cursor?: string | undefined }) {
    const items = await inWorkspace(workspaceId, (tx) => prompts.list(tx, workspaceId, cursor, limit + 1));
    return { items: items.slice(0, limit), nextCursor: items.length > limit ? (items[limit - 1]?.id ?? null) : null };
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
        (await prompts.find(tx, caller.workspaceId, id))?.prompt.createdAt ?? now().toISOString(),
      );
      await prompts.keep(tx, caller.workspaceId, { request: given.request, prompt: shown });
      return shown;
    });
    return { prompt, faults };
  }

  return { catalog, find, list, save };
}

function toPrompt(id: string, text: string, answer: PlanningAnswer, planned: boolean, river: Prompt["river"], plan: Plan | null, createdAt: string): Prompt {
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
    createdAt,
  };
}
