import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../root.ts";
import { compare } from "./compare.ts";
import type { BenchResult } from "./compare.ts";
import { pipelineRows } from "./pipeline-rows.ts";
import type { Row } from "./pipeline-rows.ts";
import { streamRows } from "./pipeline-streams.ts";

const peers = ["rxjs", "p-limit", "p-retry", "opossum", "cockatiel", "bottleneck"];

/** What a round costs, CPU time of the process in ns per message: what others do on the machine counts less than on a clock. */
async function cost(work: () => unknown, messages: number): Promise<number> {
  const begun = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(begun);
  return ((user + system) * 1_000) / messages;
}

async function measure({ name, peerName, messages, ours, peer }: Row, versions: Readonly<Record<string, string>>): Promise<BenchResult> {
  console.log(`\n${name} — ${peerName}`);
  // Twice before it counts: the first rounds are spent on compiling.
  for (let round = 0; round < 2; round += 1) {
    await ours();
    await peer();
  }
  return compare({
    name,
    unit: "CPU ns",
    peerName,
    rounds: 7,
    versions,
    ours: () => cost(ours, messages),
    peer: () => cost(peer, messages),
  });
}

/** The connectors and streams beside the libraries that do the same. The result is that of synchronous stages beside RxJS, with all rows below it. */
export async function benchPipeline(): Promise<BenchResult & { readonly rows: readonly BenchResult[] }> {
  const versions = versionsOf(peers);
  const rows: BenchResult[] = [];
  for (const row of [...pipelineRows(), ...streamRows()]) rows.push(await measure(row, versions));
  const [first] = rows;
  if (!first) throw new Error("There is no row");
  console.log(`\n${"row".padEnd(44)}${"peer".padEnd(28)}${"ours".padStart(9)}${"peer".padStart(9)}${"ratio".padStart(8)}`);
  for (const { name, peerName, ours, peer, ratio } of rows)
    console.log(`${name.padEnd(44)}${peerName.padEnd(28)}${ours.toFixed(1).padStart(9)}${peer.toFixed(1).padStart(9)}${ratio.toFixed(2).padStart(8)}`);
  return { ...first, name: "pipeline", rows };
}

/** As the manifest of the tools pins them. */
function versionsOf(names: readonly string[]): Record<string, string> {
  const { devDependencies } = JSON.parse(readFileSync(join(root, "tools", "package.json"), "utf8")) as { devDependencies: Record<string, string> };
  return Object.fromEntries(names.map((name) => [name, devDependencies[name] ?? "unknown"]));
}
