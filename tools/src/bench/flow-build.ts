import { createRequire } from "node:module";
import { createFlows, processorEntry } from "@rivergen/flow";
import type { Flows } from "@rivergen/flow";
import { parse } from "yaml";
import { compare } from "./compare.ts";
import type { BenchResult } from "./compare.ts";

const documents = 1_000;

function createBenchFlows(): Flows {
  const flows = createFlows();
  for (let index = 0; index < 10; index += 1)
    flows.registry.processors.add(processorEntry<number, number>({ name: `step-${index}`, run: (value) => value + index }));
  flows.registry.predicates.add({ name: "positive", test: (value) => Number(value) > 0 });
  return flows;
}

/** A document of ten steps, as people write them; no two are equal. */
function documentOf(number: number): string {
  const steps = [
    `  - ref: step-${number % 10}`,
    `  - { type: retry, name: again-${number}, attempts: ${2 + (number % 5)}, backoff: ${10 + number}ms, child: { ref: step-1 } }`,
    "  - ref: step-2",
    `  - type: filter\n    predicate: positive\n    then:\n      ref: step-${number % 7}\n    else:\n      ref: step-3`,
    `  - type: timeout\n    duration: ${1 + (number % 9)}s\n    child: { ref: step-4 }`,
    "  - ref: step-5",
    `  - type: circuit-breaker\n    name: guard-${number}\n    failure_threshold: ${1 + (number % 4)}\n    child:\n      ref: step-6`,
    "  - ref: step-7",
    `  - type: fallback\n    children:\n      - ref: step-8\n      - ref: step-9`,
    "  - ref: step-0",
  ];
  return `version: "${number}"\ntype: sequence\nname: flow-${number}\nchildren:\n${steps.join("\n")}\n`;
}

/** Processor time of some work, ms: what else runs on the machine does not count. */
function cpuMs(work: () => void): number {
  const begun = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / 1_000;
}

/** Parsing, validating and building documents, beside parsing the same texts with the YAML library alone. */
export async function benchFlowBuild(): Promise<BenchResult> {
  const flows = createBenchFlows();
  const texts = Array.from({ length: documents }, (_, number) => documentOf(number));
  const ours = (): Promise<number> => Promise.resolve(cpuMs(() => texts.forEach((text) => flows.build(text))));
  const peer = (): Promise<number> => Promise.resolve(cpuMs(() => texts.forEach((text) => parse(text) as unknown)));
  const { version: yaml } = createRequire(import.meta.url)("yaml/package.json") as { version: string };
  // Both are measured as they are once the machine code is made.
  for (let round = 0; round < 2; round += 1) {
    await ours();
    await peer();
  }
  return await compare({ name: "flow-build", unit: "ms", peerName: "yaml parse", rounds: 9, versions: { yaml }, ours, peer });
}
