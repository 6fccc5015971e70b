import { AppError } from "@rivergen/contracts";
import type { FlowDocument } from "../document/grammar.ts";

/** A document under a name, as it was at some time. */
export interface FlowRevision {
  readonly name: string;
  /** From 1, without gaps. */
  readonly revision: number;
  readonly document: FlowDocument;
  /** The version written in the document. */
  readonly version?: string;
}

/** Named documents and what they were before. */
export interface Revisions {
  /** The newest revision, or the one asked for if it is still kept. */
  find(name: string, revision?: number): FlowRevision | undefined;
  /** @throws FLOW_NOT_FOUND, FLOW_VERSION_NOT_FOUND */
  get(name: string, revision?: number): FlowRevision;
  /** What the next revision of a name would be. */
  next(name: string, document: FlowDocument): FlowRevision;
  add(revision: FlowRevision): void;
  /** Kept revisions, oldest first. */
  history(name: string): readonly FlowRevision[];
  list(): readonly string[];
  remove(name: string): boolean;
}

/** @param limit - revisions kept per name, at least the newest; older ones are forgotten */
export function createRevisions(limit: number): Revisions {
  const all = new Map<string, readonly FlowRevision[]>();
  const history = (name: string): readonly FlowRevision[] => all.get(name) ?? [];
  const find = (name: string, revision?: number): FlowRevision | undefined =>
    revision === undefined ? history(name).at(-1) : history(name).find((one) => one.revision === revision);

  return {
    find,
    get(name, revision) {
      const found = find(name, revision);
      if (found) return found;
      if (all.has(name)) throw new AppError("FLOW_VERSION_NOT_FOUND", { detail: `The flow ${name} has no revision ${revision}` });
      throw new AppError("FLOW_NOT_FOUND", { detail: `There is no flow ${name}` });
    },
    next(name, document) {
      const revision = (find(name)?.revision ?? 0) + 1;
      return { name, revision, document, ...(document.version ? { version: document.version } : {}) };
    },
    add: (revision) => void all.set(revision.name, [...history(revision.name), revision].slice(-Math.max(1, limit))),
    history,
    list: () => [...all.keys()].toSorted(),
    remove: (name) => all.delete(name),
  };
}
