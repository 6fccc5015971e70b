import type { Prompt, PromptSummary, Transaction } from "@rivergen/contracts";

/** What a prompt needs to be asked again with answers. */
export interface PromptRequest {
  readonly text: string;
  readonly today: string;
  readonly datasets: string[] | null;
  readonly answers: { id: string; value: string }[];
}
interface PromptRow {
  readonly request: PromptRequest;
  readonly prompt: Prompt;
}

/** Questions and how they were answered last. */
export const promptRepository = {
  async find(tx: Transaction, workspaceId: string, id: string): Promise<PromptRow | null> {
    const [row] = await tx.rows<PromptRow>(`select request, prompt from backend_core.prompts where workspace_id = $1 and id = $2`, [workspaceId, id]);
    return row ?? null;
  },

  /** Newest first, those asked before `after`; an unknown one leaves none. */
  async list(tx: Transaction, workspaceId: string, after: string | undefined, limit: number): Promise<PromptSummary[]> {
    return tx.rows<PromptSummary>(
      `select id, prompt->>'text' as text, prompt->>'status' as status, prompt->>'createdAt' as "createdAt" from backend_core.prompts
       where workspace_id = $1 and ($2::text is null or (created_at, id) < (select created_at, id from backend_core.prompts where workspace_id = $1 and id = $2))
       order by created_at desc, id desc limit $3`,
      [workspaceId, after ?? null, limit],
    );
  },

  async keep(tx: Transaction, workspaceId: string, { request, prompt }: PromptRow): Promise<void> {
    await tx.rows(
      `insert into backend_core.prompts (workspace_id, id, request, prompt) values ($1, $2, $3, $4)
       on conflict (workspace_id, id) do update set request = excluded.request, prompt = excluded.prompt, updated_at = now()`,
      [workspaceId, prompt.id, JSON.stringify(request), JSON.stringify(prompt)],
    );
  },
};
