import { buildFrame } from "../frame/build-frame.ts";
import type { Frame } from "../frame/types.ts";
import type { Chart } from "../grammar/chart.ts";
import type { Parse } from "../grammar/parse.ts";
import { buildPlan } from "../ground/build-plan.ts";
import { createResolver } from "../ground/resolver.ts";
import type { Ambiguity, Answers } from "../ground/resolver.ts";
import { writeDocument } from "../plan/write-document.ts";
import type { WrittenPlan } from "../plan/write-document.ts";
import type { Plan } from "../plan/types.ts";
import { weights } from "./weights.ts";

/** A reading that can be planned. */
export interface Reading {
  readonly parse: Parse;
  readonly frame: Frame;
  readonly plan: Plan;
  readonly written: WrittenPlan;
  readonly ambiguities: readonly Ambiguity[];
  readonly score: number;
  /** The document without its text, for telling readings apart. */
  readonly digest: string;
}

/** Tables that the rows of an answer may come from: those of what is counted, measured or listed. */
const rootsOf = (frame: Frame, chart: Chart): readonly string[] => {
  const measured = frame.measures.flatMap((measure) => measure.of?.candidates.map((candidate) => candidate.table) ?? []);
  const key = frame.order?.key;
  const ordered =
    key === undefined
      ? []
      : key.kind === "measure"
        ? (key.measure.of?.candidates.map((candidate) => candidate.table) ?? [])
        : key.candidates.map((candidate) => candidate.table);
  const listed = [...(frame.entity?.candidates ?? []), ...frame.select.flatMap((mention) => mention.candidates)].map((candidate) => candidate.table);
  const filtered = frame.conditions.flatMap((condition) =>
    condition.fragment.type === "value" ? condition.fragment.mention.candidates.map((candidate) => candidate.table) : [],
  );
  const first =
    measured.length > 0
      ? [...measured, ...(frame.entity?.candidates.map((candidate) => candidate.table) ?? [])]
      : listed.length > 0
        ? listed
        : [...ordered, ...filtered];
  return [...new Set(first.length > 0 ? first : chart.catalog.tables.size === 1 ? [...chart.catalog.tables.keys()] : filtered)].slice(0, 8);
};

const scoreOf = (frame: Frame, parse: Parse, plan: Plan): number =>
  parse.score -
  weights.planCost * plan.cost -
  weights.existence * plan.exists.length -
  weights.measure * Math.max(0, plan.measures.length - 1) -
  weights.column * Math.max(0, plan.groups.length - 1);

const digestOf = (written: WrittenPlan): string => JSON.stringify({ ...written.document, description: "" });

/** Plans every parse from every table that could be its first, best first; equal plans are kept once. */
export const rankReadings = (chart: Chart, parses: readonly Parse[], answers: Answers): readonly Reading[] => {
  const readings = new Map<string, Reading>();
  for (const parse of parses) {
    const frame = buildFrame(chart, parse);
    for (const root of rootsOf(frame, chart)) {
      const table = chart.catalog.tables.get(root);
      if (table === undefined) continue;
      const resolver = createResolver(chart, table, answers, frame.skipped);
      const plan = buildPlan(resolver, frame);
      if (plan === undefined || (plan.measures.length === 0 && plan.select.length === 0)) continue;
      const written = writeDocument(chart.catalog, plan, chart.tokens.map((token) => token.text).join(" "));
      const reading: Reading = {
        parse,
        frame,
        plan,
        written,
        ambiguities: resolver.ambiguities,
        score: scoreOf(frame, parse, plan),
        digest: digestOf(written),
      };
      const known = readings.get(reading.digest);
      if (known === undefined || known.score < reading.score) readings.set(reading.digest, reading);
    }
  }
  return [...readings.values()].toSorted((a, b) => b.score - a.score);
};
