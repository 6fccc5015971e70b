import { VersionNumber } from "@rivergen/contracts";
import { listFlowReferences, parseRiverText, type RiverContentType } from "@rivergen/river";
import type { DocumentSource } from "./checks.ts";

/** What a dataset's name or id may look like: anything else is not even looked up. */
const nameOrId = /^[a-z][a-z0-9_]{0,79}$/;

interface Wanted {
  readonly name: string;
  readonly version?: number;
}

/** What a document names, whatever else is wrong with it: what must be looked up before it is checked. */
export function readReferences(source: DocumentSource): { datasets: Wanted[]; flows: Wanted[] } {
  const value = source.kind === "document" ? source.document : parseRiverText(source.text, source.contentType as RiverContentType).value;
  return { datasets: readSourceDatasets(value), flows: listFlowReferences(value) };
}

function readSourceDatasets(value: unknown): Wanted[] {
  const sources = isObject(value) && isObject(value["sources"]) ? Object.values(value["sources"]) : [];
  return sources.flatMap((entry) => {
    if (!isObject(entry) || typeof entry["dataset"] !== "string" || !nameOrId.test(entry["dataset"])) return [];
    const { dataset: name, version } = entry as { dataset: string; version?: unknown };
    const asked = VersionNumber.safeParse(version);
    return [asked.success ? { name, version: asked.data } : { name }];
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
