import {
  AppError,
  type Caller,
  type Fault,
  idFor,
  type PlanningAnswer,
  type PlanningCatalog,
  type Profile,
  type Prompt,
  type Quote,
  type Transaction,
} from "@rivergen/contracts";
import { datasetRepository as datasets } from "../datasets/repository.ts";
import type { KeyFinder } from "../datasets/keys.ts";
import { describeColumns } from "../datasets/view.ts";
import type { RiverService } from "../rivers/service.ts";

interface Dependencies {
  readonly inWorkspace: <T>(workspaceId: string, work: (tx: Transaction) => Promise<T>) => Promise<T>;
  readonly rivers: RiverService;
  readonly keys: KeyFinder;
  readonly now: () => Date;
}
interface PromptRequest {
  readonly text: string;
  readonly today: string;
  readonly datasets: string[] | null;
  readonly definitions: { name: string; definition: string }[];
  readonly answers: { id: string; value: string }[];
}

export type PromptService = ReturnType<typeof createPromptService>;

export function createPromptService({ inWorkspace, rivers, keys, now }: Dependencies) {
  /** What the planner may know: the newest versions with names, evidence and keys. @throws DATASET_NOT_FOUND */
  async function catalog(workspaceId: string, wanted: readonly string[] | null): Promise<PlanningCatalog> {
    const { keys: found, primaryKeys } = await keys.find(workspaceId);
    return inWorkspace(workspaceId, async (tx) => {
      const rows = await datasets.readable(tx, workspaceId, wanted === null ? null : wanted.map((name) => ({ name })));
      const missing = (wanted ?? []).filter((name) => !rows.some((row) => row.name === name || row.id === name));
      if (missing.length > 0) throw new AppError("DATASET_NOT_FOUND", { detail: `There is no dataset ${missing.join(", ")}.` });
      const evidence = new Map((await datasets.columnValues(tx, workspaceId)).map((row) => [row.id, row]));
      const about = new Map((await datasets.list(tx, workspaceId, undefined, 10_000)).map((row) => [row.id, row]));
      const tables = rows.map((row) => {
        const { values = [], profile = null } = evidence.get(row.id) ?? {};
        const dataset = about.get(row.id);
        return {
          name: row.name,
          title: dataset?.title ?? row.name,
          description: dataset?.description ?? "",
          synonyms: dataset?.synonyms ?? [],
          rowCount: row.rowCount,
          primaryKey: primaryKeys[row.name] ?? null,
          columns: describeColumns(row.columns, row.described).map((column) => toPlanningColumn(column, profile, values)),
        };
      });
      const names = new Set(tables.map(({ name }) => name));
      return { tables, keys: found.filter(({ from, to }) => names.has(from.table) && names.has(to.table)), concepts: [] };
    });
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
        checked?.plan?.quote ?? null,
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

  return { catalog, find, save };
}

function toPrompt(id: string, text: string, answer: PlanningAnswer, planned: boolean, river: Prompt["river"], quote: Quote | null, now: Date): Prompt {
  const failed = answer.status === "planned" && !planned;
  return {
    id,
    status: failed ? "unanswerable" : answer.status,
    river,
    explanation: answer.explanation,
    assumptions: answer.assumptions,
    readings: answer.readings,
    spans: answer.spans,
    unused: answer.unused,
    questions: answer.questions,
    reason: failed ? "The question was understood, but no valid plan could be made of it. Ask it in other words, or write the river by hand." : answer.reason,
    quote,
    planner: "grammar",
    confidence: answer.confidence,
    text,
    createdAt: now.toISOString(),
  };
}

function toPlanningColumn(
  column: { name: string; type: string; nullable: boolean; labels: string[]; description: string; synonyms?: string[] | undefined },
  profile: Profile | null,
  values: readonly { column: string; values: { value: string; count: number }[]; complete: boolean }[],
): PlanningCatalog["tables"][number]["columns"][number] {
  const facts = profile?.columns.find(({ name }) => name === column.name);
  const known = values.find((entry) => entry.column === column.name);
  const text = (value: unknown): string | null => (value === null || value === undefined ? null : String(value));
  return {
    name: column.name,
    type: column.type,
    nullable: column.nullable,
    labels: column.labels,
    description: column.description,
    synonyms: column.synonyms ?? [],
    nullCount: facts?.nullCount ?? null,
    distinctCount: facts?.distinctCount ?? null,
    min: text(facts?.min),
    max: text(facts?.max),
    values: known?.values ?? [],
    valuesComplete: known?.complete ?? false,
  };
}
