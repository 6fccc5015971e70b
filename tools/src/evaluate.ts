import { parseArgs } from "node:util";
import { DuckDBInstance } from "@duckdb/node-api";
import type { EvaluationEngine } from "./evaluate/engine.ts";
import { calibrate } from "./evaluate/calibrate.ts";
import { createLocalEngine, createTables } from "./evaluate/local-engine.ts";
import { createPlatformEngine } from "./evaluate/platform-engine.ts";
import { readFolder } from "./evaluate/records.ts";
import type { EvaluationFolder } from "./evaluate/records.ts";
import { chooseRenaming, renameFolder } from "./evaluate/rename.ts";
import type { Renaming } from "./evaluate/rename.ts";
import { describeFailure, isPassed, judge, summarise } from "./evaluate/report.ts";
import type { Judged } from "./evaluate/report.ts";

const usage =
  "usage: npm run evaluate -- nl [--rename] [--seed N] [--limit N] [--failures] [--local] <folder>…\n  --local calls planner and compiler directly, without a platform\n   or: npm run evaluate -- calibrate [--precision P] <folder> <folder>…\n  fits the planner's confidence on the questions of the folders";

/** Questions asked at the same time. */
const atOnce = 4;

const renamingOf = async (folder: EvaluationFolder, seed: number): Promise<Renaming> => {
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  await createTables(connection, folder.path);
  const renaming = await chooseRenaming(connection, folder, seed);
  connection.closeSync();
  return renaming;
};

const evaluateFolder = async (
  engine: EvaluationEngine,
  path: string,
  options: { rename: boolean; seed: number; limit: number; failures: boolean },
): Promise<Judged[]> => {
  const original = readFolder(path);
  const renaming = options.rename ? await renamingOf(original, options.seed) : undefined;
  const folder = renaming === undefined ? original : renameFolder(original, renaming);
  const session = await engine.load(folder, renaming);
  const judged: Judged[] = [];
  const records = folder.records.slice(0, options.limit);
  for (let i = 0; i < records.length; i += atOnce)
    judged.push(...(await Promise.all(records.slice(i, i + atOnce).map(async (record) => judge(record, await session.ask(record))))));
  session.close();
  if (options.failures) for (const item of judged.filter((one) => !isPassed(one))) console.log(describeFailure(item));
  console.log(summarise(renaming === undefined ? folder.name : `${folder.name} (${renaming.size} words renamed)`, judged));
  return judged;
};

const main = async (): Promise<number> => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rename: { type: "boolean", default: false },
      failures: { type: "boolean", default: false },
      local: { type: "boolean", default: false },
      limit: { type: "string", default: "1000000" },
      precision: { type: "string", default: "0.855" },
      seed: { type: "string", default: "1" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const [suite, ...folders] = positionals;
  if (suite === "calibrate" && folders.length > 1) {
    await calibrate(folders, Number(values.precision));
    return 0;
  }
  if (suite !== "nl" || folders.length === 0) {
    console.error(usage);
    return 64;
  }
  const judged: Judged[] = [];
  const engine = values.local ? createLocalEngine() : await createPlatformEngine();
  for (const folder of folders)
    judged.push(
      ...(await evaluateFolder(engine, folder, { rename: values.rename, failures: values.failures, seed: Number(values.seed), limit: Number(values.limit) })),
    );
  await engine.close();
  if (folders.length > 1) console.log(summarise("all", judged));
  const passed = judged.filter(isPassed).length;
  console.log(`${passed} passed, ${judged.length - passed} failed`);
  return passed === judged.length ? 0 : 1;
};

process.exitCode = await main();
