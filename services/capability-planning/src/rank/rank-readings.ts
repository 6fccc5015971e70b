import { createHash } from "node:crypto";
import { buildFrame } from "../frame/build-frame.ts";
import type { Frame } from "../frame/types.ts";
import type { Chart } from "../grammar/chart.ts";
import type { ColumnMention, Grouping, Operand } from "../lattice/types.ts";
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
  /** How literally the least literal name was said, 0–1. */
  readonly weakest: number;
  readonly score: number;
  /** A short name of the document without its text: equal readings have equal names. */
  readonly digest: string;
}

const tablesOf = (mention: Grouping | Operand | undefined): string[] => {
  if (mention === undefined || mention.kind === "grain") return [];
  if (mention.kind === "measure") return tablesOf(mention.measure.of);
  return mention.candidates.map((candidate) => candidate.table);
};

/** Tables that the rows of an answer may come from: those of what is counted, measured, listed or grouped. */
const rootsOf = (frame: Frame, chart: Chart): readonly string[] => {
  const measured = [...frame.measures.flatMap((measure) => tablesOf(measure.of)), ...frame.having.flatMap((item) => tablesOf(item.operand))];
  const listed = [...tablesOf(frame.entity), ...frame.select.flatMap(tablesOf)];
  const grouped = [...frame.groups.flatMap(tablesOf), ...tablesOf(frame.groupEntity)];
  const filtered = frame.conditions.flatMap((condition) =>
    condition.fragment.type === "value"
      ? tablesOf2(condition.fragment.mention.candidates)
      : condition.fragment.type === "period"
        ? []
        : tablesOf(condition.fragment.left),
  );
  const first =
    measured.length > 0 ? [...measured, ...tablesOf(frame.entity)] : listed.length > 0 ? listed : [...tablesOf(frame.order?.key), ...grouped, ...filtered];
  return [...new Set(first.length > 0 || chart.catalog.tables.size > 1 ? first : chart.catalog.tables.keys())].slice(0, 8);
};

const tablesOf2 = (candidates: readonly { readonly table: string }[]): string[] => candidates.map((candidate) => candidate.table);

const scoreOf = (frame: Frame, parse: Parse, plan: Plan): number =>
  parse.score +
  weights.settled * frame.settled -
  weights.planCost * plan.cost -
  weights.existence * plan.exists.length -
  weights.measure * Math.max(0, plan.measures.length - 1) -
  weights.column * Math.max(0, plan.groups.length - 1);

const digestOf = (written: WrittenPlan): string =>
  createHash("sha256")
    .update(JSON.stringify({ ...written.document, description: "" }))
    .digest("hex")
    .slice(0, 16);

const isName = (chart: Chart, mention: ColumnMention): boolean => {
  const [first] = mention.candidates;
  const table = chart.catalog.tables.get(first?.table ?? "");
  return table !== undefined && table.display.length < table.columns.length && table.display[0]?.name === first?.column;
};

/** Whether the things named first are what is listed or counted, without a name being asked for or given. */
const isListing = (chart: Chart, frame: Frame): boolean =>
  frame.select.every((mention) => isName(chart, mention)) &&
  !frame.when &&
  !frame.where &&
  frame.groups.length === 0 &&
  frame.measures.every((measure) => measure.fn === "count") &&
  !frame.skipped.some((word) => /^(named|called|titled)$/.test(word));

/** Plans every parse from every table that could be its first, best first; equal plans are kept once. */
export const rankReadings = (chart: Chart, parses: readonly Parse[], answers: Answers): readonly Reading[] => {
  const readings = new Map<string, Reading>();
  for (const parse of parses) {
    const frame = buildFrame(chart, parse, answers);
    for (const root of rootsOf(frame, chart)) {
      const table = chart.catalog.tables.get(root);
      if (table === undefined) continue;
      const resolver = createResolver(
        chart,
        table,
        answers,
        frame.skipped,
        new Set([
          ...tablesOf(frame.entity),
          ...frame.select.flatMap(tablesOf),
          ...frame.measures.flatMap(({ of }) => (of?.kind === "entity" ? tablesOf(of) : [])),
        ]),
        isListing(chart, frame),
      );
      const plan = buildPlan(resolver, frame);
      if (plan === undefined || (plan.measures.length === 0 && plan.select.length === 0)) continue;
      const written = writeDocument(chart.catalog, plan, chart.text);
      const reading: Reading = {
        parse,
        frame,
        plan,
        written,
        ambiguities: resolver.ambiguities,
        weakest: resolver.weakest,
        score: scoreOf(frame, parse, plan),
        digest: digestOf(written),
      };
      const known = readings.get(reading.digest);
      if (known === undefined || known.score < reading.score) readings.set(reading.digest, reading);
    }
  }
  return [...readings.values()].toSorted((a, b) => b.score - a.score);
};
