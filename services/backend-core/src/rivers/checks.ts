import { AppError, type Caller, type Client, type Fault, type Plan, type RiverDocument, type ServiceRoutes, type Transaction } from "@rivergen/contracts";
import { digestRiver } from "@rivergen/river";
import { datasetRepository } from "../datasets/repository.ts";
import { describeColumns } from "../datasets/view.ts";
import { flowRepository } from "../flows/repository.ts";
import type { UsageService } from "../usage/service.ts";
import { readReferences } from "./sources.ts";

export interface ChecksDependencies {
  readonly inWorkspace: <T>(workspaceId: string, work: (tx: Transaction) => Promise<T>) => Promise<T>;
  readonly usage: UsageService;
  readonly execution: (caller: Caller) => Client<ServiceRoutes["capability-execution-support"]>;
}
export type DocumentSource =
  | { readonly kind: "text"; readonly text: string; readonly contentType: string }
  | { readonly kind: "document"; readonly document: unknown };
/** What a check of a document found. */
export interface Checked {
  readonly errors: readonly Fault[];
  readonly warnings: readonly Fault[];
  readonly document: RiverDocument | null;
  readonly digest: string | null;
  /** With the saved flows that it names in it. */
  readonly runnable: RiverDocument | null;
  readonly plan: Plan | null;
  readonly datasets: Awaited<ReturnType<typeof datasetRepository.readable>>;
}

/** Columns of one table that estimates know something of: the first of very wide ones. */
const mostProfiled = 1_000;

export type RiverChecks = ReturnType<typeof createRiverChecks>;

/** Whether documents are rivers, over the datasets there are. */
export function createRiverChecks({ inWorkspace, usage, execution }: ChecksDependencies) {
  /** Parses, validates and plans a document against the newest versions of the datasets it names. */
  async function check(caller: Caller, source: DocumentSource, parameters: Record<string, unknown> = {}, requireParameters = false): Promise<Checked> {
    const { workspaceId } = caller;
    const wanted = readReferences(source);
    const { datasets, profiles, history, flows } = await inWorkspace(workspaceId, async (tx) => {
      const found = wanted.datasets.length === 0 ? [] : await datasetRepository.readable(tx, workspaceId, wanted.datasets);
      return {
        datasets: found.map((row) => ({ ...row, columns: describeColumns(row.columns, row.described) })),
        profiles: found.length === 0 ? [] : await datasetRepository.profiles(tx, workspaceId, found),
        flows: wanted.flows.length === 0 ? [] : await flowRepository.usable(tx, workspaceId, wanted.flows),
        history: await usage.history(tx, workspaceId, source.kind === "document" ? digestRiver(source.document as RiverDocument) : ""),
      };
    });
    const plannable = datasets.map(({ described: _, ...row }) => {
      const known = profiles.find(({ id, version }) => id === row.id && version === row.version);
      return known ? { ...row, profile: { columns: known.profile.columns.slice(0, mostProfiled) } } : row;
    });
    const result = await execution(caller).checkRiver({ body: { source, datasets: plannable, flows, parameters, requireParameters, history } });
    return { ...result, datasets };
  }

  /** @throws RIVER_INVALID with every fault */
  async function valid(caller: Caller, source: DocumentSource): Promise<{ document: RiverDocument; digest: string }> {
    const { errors, document, digest } = await check(caller, source);
    if (errors.length > 0 || !document || !digest) throw invalid(errors);
    return { document, digest };
  }

  async function validate(caller: Caller, source: DocumentSource) {
    const { errors, warnings } = await check(caller, source);
    return { valid: errors.length === 0, errors: [...errors], warnings: [...warnings] };
  }

  return { check, valid, validate };
}

/** Every fault of a document, with the first in plain words. */
export function invalid(errors: readonly Fault[]): AppError {
  const [first] = errors;
  return new AppError("RIVER_INVALID", {
    errors,
    detail: first
      ? `${first.path || "The document"}: ${first.message}${errors.length > 1 ? ` (and ${errors.length - 1} more)` : ""}`
      : "The document has faults.",
  });
}
