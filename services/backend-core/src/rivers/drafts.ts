import { AppError, type Caller, type River, type RiverDocument, type Transaction } from "@rivergen/contracts";
import { digestRiver } from "@rivergen/river";
import { isUniqueViolation } from "@rivergen/service-kit";
import { riverRepository as rivers } from "./repository.ts";
import { saveVersion, type VersionsDependencies } from "./versions.ts";

const draftDays = 7;

/** Rivers that were planned and not yet kept. */
export function createDrafts({ inWorkspace, events }: VersionsDependencies) {
  /** A planned river: it ends after some days unless it is saved. */
  async function createDraft(tx: Transaction, caller: Caller, id: string, document: RiverDocument): Promise<River> {
    const expiresAt = new Date(Date.now() + draftDays * 86_400_000);
    if (!(await rivers.insert(tx, caller.workspaceId, { id, name: document.river, draft: true, expiresAt })))
      return (await rivers.find(tx, caller.workspaceId, id)) as River;
    return rivers.addVersion(tx, caller.workspaceId, id, { document, digest: digestRiver(document), createdBy: caller.userId });
  }

  /** Keeps a draft; its only output takes the river's name, since outputs of saved rivers are datasets. @throws RIVER_NAME_TAKEN, RIVER_NOT_DRAFT */
  async function save(caller: Caller, idOrName: string, name: string | undefined): Promise<River> {
    return inWorkspace(caller.workspaceId, async (tx) => {
      const draft = await rivers.lock(tx, caller.workspaceId, idOrName);
      if (!draft) throw new AppError("RIVER_NOT_FOUND");
      if (!draft.draft) throw new AppError("RIVER_NOT_DRAFT");
      const kept = name ?? draft.name;
      const taken = new AppError("RIVER_NAME_TAKEN", { detail: `There is a river ${kept}. Choose another name.` });
      if (await rivers.find(tx, caller.workspaceId, kept)) throw taken;
      // Another river may take the name between the look and the change.
      await rivers.keep(tx, caller.workspaceId, draft.id, kept).catch((error: unknown) => {
        throw isUniqueViolation(error, "rivers_name") ? taken : error;
      });
      const document = renameRiver(draft.document, kept);
      return saveVersion(events, tx, caller, draft.id, { document, digest: digestRiver(document) });
    });
  }

  return { createDraft, save, sweepDrafts: rivers.sweepDrafts };
}

function renameRiver(document: RiverDocument, name: string): RiverDocument {
  const outputs = Object.entries(document.outputs);
  const [only] = outputs;
  return { ...document, river: name, outputs: only && outputs.length === 1 && only[0] === "answer" ? { [name]: only[1] } : document.outputs };
}
