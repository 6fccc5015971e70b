import { writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { root } from "../root.ts";
import { createLocalEngine } from "./local-engine.ts";
import { brier, fitLogistic, probability } from "./logistic.ts";
import type { Example, Logistic } from "./logistic.ts";
import { readFolder } from "./records.ts";
import type { EvaluationRecord } from "./records.ts";
import { matchesGold } from "./score.ts";
import type { Cell } from "./score.ts";

const file = join(root, "services/capability-planning/src/rank/calibration.json");
/** Weight of the quadratic penalty on standardised features; set by hand. */
const penalty = 30;

interface Judged extends Example {
  /** The confidence that the planner gave with the numbers it has now. */
  readonly confidence: number;
}

const isRight = (record: EvaluationRecord, rows: readonly (readonly Cell[])[] | null): boolean =>
  rows !== null &&
  record.kind === "answerable" &&
  (record.accept ?? []).some((gold) => matchesGold(gold, rows, record.ordered ?? false, record.nullKeyOptional ?? false));

/** Every best reading of a folder's questions, whether or not the planner trusts it. */
const judgeFolder = async (path: string): Promise<Judged[]> => {
  const folder = readFolder(path);
  const session = await createLocalEngine().load(folder, undefined);
  const judged: Omit<Judged, "weight">[] = [];
  for (const record of folder.records) {
    const decision = await session.consider(record);
    if (decision !== undefined)
      judged.push({ folder: folder.name, features: decision.features, confidence: decision.confidence, right: isRight(record, decision.rows) });
  }
  session.close();
  return judged.map((item) => ({ ...item, weight: 10 / Math.sqrt(judged.length) }));
};

interface Predicted {
  readonly p: number;
  readonly right: boolean;
}

/** Probabilities of each folder by a model that never saw it. */
const crossValidated = (examples: readonly Judged[]): Predicted[] =>
  [...new Set(examples.map((example) => example.folder))].flatMap((name) => {
    const model = fitLogistic(
      examples.filter((example) => example.folder !== name),
      penalty,
    );
    return examples.filter((example) => example.folder === name).map((example) => ({ p: probability(model, example.features), right: example.right }));
  });

const percent = (part: number, whole: number): string => (whole === 0 ? "–" : `${((100 * part) / whole).toFixed(0)} %`);

/** How often readings of about one probability are right. */
const reliability = (name: string, predicted: readonly Predicted[]): void => {
  console.log(`${name}: Brier ${brier(predicted).toFixed(3)} over ${predicted.length} readings`);
  for (let low = 0; low < 1; low += 0.1) {
    const bin = predicted.filter(({ p }) => p >= low && (p < low + 0.1 || low > 0.85));
    const said = bin.reduce((sum, { p }) => sum + p, 0) / Math.max(1, bin.length);
    if (bin.length > 0)
      console.log(`  said ${said.toFixed(2)}   right ${(bin.filter(({ right }) => right).length / bin.length).toFixed(2)}   of ${bin.length}`);
  }
};

/** What is answered, and how much of it is right, above each threshold. */
const riskAndCoverage = (predicted: readonly Predicted[]): void => {
  for (const threshold of [0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85]) {
    const answered = predicted.filter(({ p }) => p >= threshold);
    const right = answered.filter((item) => item.right).length;
    console.log(`  from ${threshold}: answered ${answered.length}, right ${right}, wrong ${percent(answered.length - right, answered.length)} of the answered`);
  }
};

/** Questions that look alike to the model count once: a folder may ask the same thing in twenty ways. */
const withoutRepeats = (examples: readonly Judged[]): Judged[] => {
  const seen = new Map<string, Judged>();
  for (const example of examples) seen.set(JSON.stringify([example.folder, example.features, example.right]), example);
  const kept = [...seen.values()];
  const sizes = Map.groupBy(kept, ({ folder }) => folder);
  return kept.map((example) => ({ ...example, weight: 10 / Math.sqrt(sizes.get(example.folder)!.length) }));
};

const precisionFrom = (predicted: readonly Predicted[], threshold: number): number => {
  const answered = predicted.filter(({ p }) => p >= threshold);
  return answered.filter(({ right }) => right).length / Math.max(1, answered.length);
};

/** The lowest threshold from which, in folders that the model has not seen, at least this share of the answers is right. */
const thresholdFor = (predicted: readonly Predicted[], precision: number): number => {
  const steps = Array.from({ length: 50 }, (_, at) => (45 + at) / 100);
  return steps.find((step) => precisionFrom(predicted, step) >= precision) ?? steps.at(-1)!;
};

/** What a folder holds, without saying whose tables: the first word of its name. */
const kindOf = (folder: string): string => folder.split(/[-_.]/)[0]!;

const rounded = (model: Logistic): Logistic => ({
  intercept: Number(model.intercept.toFixed(4)),
  weights: Object.fromEntries(Object.entries(model.weights).map(([name, weight]) => [name, Number(weight.toFixed(4))])),
});

/**
 * Fits the probability that a reading is right on the questions of the folders and writes it beside the planner, with the lowest
 * threshold that keeps the wanted precision. Judged by models that never saw the folder they are judged on.
 */
export const calibrate = async (folders: readonly string[], precision: number): Promise<void> => {
  const all: Judged[] = [];
  for (const folder of folders) all.push(...(await judgeFolder(folder)));
  reliability(
    "as it is",
    all.map(({ confidence, right }) => ({ p: confidence, right })),
  );
  const examples = withoutRepeats(all);
  const predicted = crossValidated(examples);
  reliability("fitted, each folder by a model of the others, like questions once", predicted);
  riskAndCoverage(predicted);
  const threshold = thresholdFor(predicted, precision);
  const about = {
    madeBy: "npm run evaluate -- calibrate <folder>…",
    fittedOn: new Date().toISOString().slice(0, 10),
    kinds: [...new Set(folders.map((folder) => kindOf(basename(folder))))].toSorted(),
    precision: Number(precisionFrom(predicted, threshold).toFixed(3)),
  };
  const model = rounded(fitLogistic(examples, penalty));
  writeFileSync(file, `${JSON.stringify({ ...about, threshold, ...model }, null, 2)}\n`);
  console.log(`answers from ${threshold}: ${percent(about.precision, 1)} right in unseen folders; written: ${file}`);
};
