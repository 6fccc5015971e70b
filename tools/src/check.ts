// `npm run check`: everything that can be said about the code without running the product.
import { spawn } from "node:child_process";
import { parseArgs } from "node:util";
import { inRoot, requireNode, root, toolEnvironment } from "./root.ts";

interface Gate {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
}

interface Verdict {
  readonly gate: Gate;
  readonly passed: boolean;
  readonly seconds: number;
  readonly output: string;
}

/** A gate that hangs is a failure. All of them take under 30 s on a quiet machine; a busy one gets patience. */
const GATE_TIMEOUT_MS = 120_000;

/** The longest first, so that two cores end together. */
const gates: readonly Gate[] = [
  { name: "types", command: ["tsc", "--noEmit", "--pretty", "false"] },
  { name: "types of the web client", command: ["tsc", "--noEmit", "--pretty", "false", "-p", "services/web"] },
  { name: "lint", command: ["oxlint", "--type-aware", "--deny-warnings"] },
  { name: "dead code", command: ["knip", "--no-progress", "--no-config-hints"] },
  { name: "architecture", command: [process.execPath, "--test", "--test-reporter=dot", "tools/src/architecture.test.ts"] },
  { name: "boundaries", command: ["turbo", "boundaries", "--no-color", "--filter=!@rivergen/host"] },
  ...(inRoot("tools/src/generate.ts") ? [{ name: "generated documents", command: [process.execPath, "tools/src/generate.ts", "--check"] } as const] : []),
  { name: "format", command: ["oxfmt", "--check", "."] },
];

function judge(gate: Gate): Promise<Verdict> {
  const begun = performance.now();
  const [program, ...args] = gate.command;
  const child = spawn(program, args, { cwd: root, env: toolEnvironment(), stdio: ["ignore", "pipe", "pipe"], timeout: GATE_TIMEOUT_MS, killSignal: "SIGKILL" });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((resolve) => {
    const end = (passed: boolean): void => resolve({ gate, passed, seconds: (performance.now() - begun) / 1000, output: output.trim() });
    child.on("error", (error) => {
      output += error.message;
      end(false);
    });
    child.on("close", (code, signal) => {
      if (signal) output += `\nended by ${signal} after ${GATE_TIMEOUT_MS / 1000} s at most`;
      end(code === 0);
    });
  });
}

/** Two at a time: most gates use one core and a half. */
async function judgeAll(chosen: readonly Gate[]): Promise<Verdict[]> {
  const waiting = [...chosen];
  const verdicts: Verdict[] = [];
  const work = async (): Promise<void> => {
    for (let gate = waiting.shift(); gate; gate = waiting.shift()) {
      const verdict = await judge(gate);
      console.log(`${verdict.passed ? "ok    " : "FAILED"}  ${gate.name.padEnd(20)} ${verdict.seconds.toFixed(1).padStart(5)} s`);
      verdicts.push(verdict);
    }
  };
  await Promise.all([work(), work()]);
  return verdicts;
}

requireNode();
const { positionals } = parseArgs({ allowPositionals: true });
const chosen = positionals.length === 0 ? gates : gates.filter((gate) => positionals.includes(gate.name));
if (chosen.length === 0) {
  console.error(`There is no such gate. Known: ${gates.map((gate) => gate.name).join(", ")}`);
  process.exit(64);
}
const begun = performance.now();
const failures = (await judgeAll(chosen)).filter((verdict) => !verdict.passed);
for (const { gate, output } of failures) console.log(`\n── ${gate.name}: ${gate.command.join(" ")}\n${output}`);
console.log(
  `\n${failures.length === 0 ? "check passed" : `check failed: ${failures.map(({ gate }) => gate.name).join(", ")}`} in ${((performance.now() - begun) / 1000).toFixed(1)} s`,
);
process.exitCode = failures.length === 0 ? 0 : 1;
