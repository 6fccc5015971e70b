import { readFileSync, readdirSync, existsSync } from "node:fs";
import { basename, join } from "node:path";
import type { Gold } from "./score.ts";

/** A question of an evaluation folder. */
export interface EvaluationRecord {
  readonly id: string;
  readonly question: string;
  readonly kind: "answerable" | "ambiguous" | "unanswerable" | "injection";
  readonly expect: string;
  readonly today?: string;
  readonly sql?: string;
  readonly accept?: readonly Gold[];
  readonly ordered?: boolean;
  readonly nullKeyOptional?: boolean;
  readonly paraphraseOf?: string;
  readonly why?: string;
}

/** Natural names and keys that come with some folders. */
export interface GivenCatalog {
  readonly primaryKeys?: readonly string[];
  readonly foreignKeys?: readonly (readonly [string, string])[];
  readonly naturalNames?: Readonly<Record<string, string>>;
}

export interface EvaluationFolder {
  readonly name: string;
  readonly path: string;
  readonly records: readonly EvaluationRecord[];
  readonly given: GivenCatalog;
}

/** Reads every `*.jsonl` of a folder and its `catalog.json`, if there is one. */
export const readFolder = (path: string): EvaluationFolder => {
  const files = readdirSync(path).filter((file) => file.endsWith(".jsonl"));
  if (files.length === 0) throw new Error(`${path} holds no *.jsonl file`);
  const lines = files.flatMap((file) => readFileSync(join(path, file), "utf8").split("\n"));
  const records = lines.filter((line) => line.trim() !== "").map((line) => JSON.parse(line) as EvaluationRecord);
  const catalogFile = join(path, "catalog.json");
  const given = existsSync(catalogFile) ? (JSON.parse(readFileSync(catalogFile, "utf8")) as GivenCatalog) : {};
  return { name: basename(path), path, records, given };
};
