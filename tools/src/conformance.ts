// `npm run conformance -- <suite> <file>…`: feeds cases of observed behaviour to our engines; ends with `N passed, N failed`.
import { readFileSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";
import { parseArgs } from "node:util";
import type { Adapter, ConformanceCase, ConformanceFile } from "./conformance/adapter.ts";
import { fitsUnit, isInTime } from "./conformance/compare.ts";
import { requireNode } from "./root.ts";

/** One line per suite. An adapter translates; the behaviour is the engine's. */
const suites: Readonly<Record<string, () => Promise<Adapter>>> = {
  flow: async () => (await import("./conformance/flow.ts")).flowAdapter,
  streams: async () => (await import("./conformance/streams.ts")).answerStreamsCase,
};

const usage = `Usage: npm run conformance -- <${Object.keys(suites).join("|")}> [--only ID] <file>…`;

/** Why a case fails; nothing when it passes. */
async function faultsOf(adapter: Adapter, given: ConformanceCase, file: ConformanceFile): Promise<string[]> {
  try {
    const answers = await adapter(given, file);
    if (answers.length === 0) return ["nothing was compared"];
    // Other work on the machine makes everything later, never earlier.
    const slack = 1 + (loadavg()[0] ?? 0) / availableParallelism();
    return answers.flatMap(({ unit, got, elapsedMs }, index) => {
      const where = answers.length > 1 ? `step ${index + 1}: ` : "";
      const wrong = fitsUnit(unit, got, file.suite) ? [] : [`${where}expected ${JSON.stringify(unit.expectAny ?? unit.expect)}, got ${JSON.stringify(got)}`];
      const late = isInTime(unit, elapsedMs, slack) ? [] : [`${where}took ${elapsedMs.toFixed(0)} ms, allowed ${JSON.stringify(unit.elapsedMs)}`];
      return [...wrong, ...late];
    });
  } catch (error) {
    return [error instanceof Error ? (error.stack ?? error.message) : String(error)];
  }
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { only: { type: "string" } } });
  const [suite = "", ...paths] = positionals;
  const load = Object.hasOwn(suites, suite) ? suites[suite] : undefined;
  if (!load || paths.length === 0) {
    console.error(usage);
    return 64;
  }
  const adapter = await load();
  const count = { passed: 0, failed: 0 };
  for (const path of paths) {
    const file = JSON.parse(readFileSync(path, "utf8")) as ConformanceFile;
    if (file.suite !== suite) throw new Error(`${path} holds cases of "${file.suite}", not of "${suite}"`);
    for (const given of file.cases.filter(({ id }) => values.only === undefined || id === values.only)) {
      const faults = await faultsOf(adapter, given, file);
      count[faults.length === 0 ? "passed" : "failed"] += 1;
      for (const fault of faults) console.log(`✗ ${given.id} [${given.group}] ${fault}`);
    }
  }
  console.log(`${count.passed} passed, ${count.failed} failed`);
  return count.failed === 0 ? 0 : 1;
}

requireNode();
process.exitCode = await main();
