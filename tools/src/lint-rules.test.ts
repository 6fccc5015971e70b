import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { root, toolEnvironment } from "./root.ts";

const repeated = (line: string, times: number): string => `${line}\n`.repeat(times);

/** A file that breaks one rule → the rule. Where nothing is named the file must pass. */
const files: Readonly<Record<string, readonly [source: string, rule: string | undefined]>> = {
  "libs/x/src/long-file.ts": [`${repeated("// a line", 400)}export const value = 1;\n`, "max-lines"],
  "libs/x/src/long-function.ts": [`export function long(): void {\n${repeated("  String(1);", 61)}}\n`, "max-lines-per-function"],
  "libs/x/src/branches.ts": [`export function choose(n: number): number {\n${repeated("  if (n > 1) return n;", 12)}  return 0;\n}\n`, "complexity"],
  "libs/x/src/environment.ts": [`export const port = process.env["PORT"];\n`, "no-process-env"],
  "libs/x/src/environment-import.ts": [`import { env } from "node:process";\nexport const port = env["PORT"];\n`, "no-restricted-imports"],
  "libs/x/src/run.ts": [`export const port = process.env["PORT"];\n`, undefined],
  "libs/x/src/rivers/service.ts": [`import { createServer } from "node:http";\nexport const server = createServer();\n`, "no-restricted-imports"],
  "libs/x/src/rivers/routes.ts": [`import { createServer } from "node:http";\nexport const server = createServer();\n`, undefined],
  "libs/x/src/rivers/typed-service.ts": [
    `import type { Server } from "node:http";\nexport const close = (server: Server): Server => server.close();\n`,
    undefined,
  ],
  "libs/x/src/says.ts": [`console.log("x");\n`, "no-console"],
  "tools/src/says.ts": [`console.log("x");\n`, undefined],
  "libs/x/src/floating.ts": [`async function work(): Promise<void> {}\nwork();\n`, "no-floating-promises"],
  "libs/x/src/floating.test.ts": [
    `import { test } from "node:test";\nasync function work(): Promise<void> {}\ntest("x", async () => {\n  await Promise.resolve();\n  work();\n});\n`,
    "no-floating-promises",
  ],
  "libs/x/src/awaited.test.ts": [
    `import { describe, it, test } from "node:test";\ntest("x", async () => {\n  await Promise.resolve();\n});\ndescribe("y", () => {\n  it("z", () => {});\n});\n`,
    undefined,
  ],
  "libs/x/src/any.ts": [`export const value: any = 1;\n`, "no-explicit-any"],
  "libs/x/src/later.ts": [`// ${"TO"}DO: the rest\nexport const value = 1;\n`, "no-warning-comments"],
};

let folder: string;

before(() => {
  folder = mkdtempSync(join(tmpdir(), "rivergen-lint-"));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  // Its patterns count from where it lies.
  copyFileSync(join(root, ".oxlintrc.json"), join(folder, ".oxlintrc.json"));
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ extends: join(root, "tsconfig.json"), include: ["libs", "tools"] }));
  for (const [path, [source]] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), source);
  }
});
after(() => rmSync(folder, { recursive: true }));

test("lint finds what breaks a rule of the house, and nothing else", () => {
  const { stdout } = spawnSync("oxlint", ["--type-aware", "--format", "json", "libs", "tools"], {
    cwd: folder,
    env: toolEnvironment(),
    encoding: "utf8",
    timeout: 60_000,
  });
  const { diagnostics } = JSON.parse(stdout) as { readonly diagnostics: readonly { readonly code: string; readonly filename: string }[] };
  for (const [path, [, rule]] of Object.entries(files)) {
    const found = diagnostics.filter(({ filename }) => filename === path).map(({ code }) => code.replace(/^.*\((.*)\)$/, "$1"));
    assert.deepEqual(new Set(found), new Set(rule === undefined ? [] : [rule]), path);
  }
});
