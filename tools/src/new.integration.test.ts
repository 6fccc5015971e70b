import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, existsSync, readdirSync, readFileSync, symlinkSync, mkdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { root, toolEnvironment } from "./root.ts";

const run = promisify(execFile);
let copy: string;

/** The repository as it is in the work tree, with the installed packages of the real one. */
async function copyRepository(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "rivergen-new-"));
  for (const name of readdirSync(root).filter((entry) => !["node_modules", ".git", ".rivergen"].includes(entry)))
    cpSync(join(root, name), join(folder, name), { recursive: true, filter: (path) => !path.includes("node_modules") });
  const nested = readdirSync(join(root, "services"), { withFileTypes: true }).map((entry) => `services/${entry.name}/node_modules`);
  for (const path of nested.filter((entry) => existsSync(join(root, entry)))) symlinkSync(join(root, path), join(folder, path));
  const modules = join(folder, "node_modules");
  mkdirSync(join(modules, "@rivergen"), { recursive: true });
  for (const name of readdirSync(join(root, "node_modules")).filter((entry) => entry !== "@rivergen"))
    symlinkSync(join(root, "node_modules", name), join(modules, name));
  for (const path of ["libs", "services", "infra"]
    .flatMap((group) => readdirSync(join(folder, group)).map((name) => join(group, name)))
    .concat("tools", "e2e")) {
    const { name } = JSON.parse(readFileSync(join(folder, path, "package.json"), "utf8")) as { name: string };
    symlinkSync(join(folder, path), join(modules, name));
  }
  return folder;
}

function inCopy(program: string, ...args: string[]): Promise<{ stdout: string; stderr: string }> {
  return run(program, args, { cwd: copy, env: { ...toolEnvironment(), NODE_TEST_CONTEXT: undefined }, timeout: 120_000 });
}

/** What a program says when it fails. */
async function failure(work: Promise<unknown>): Promise<{ code: number; stderr: string }> {
  return work.then(
    () => assert.fail("it should have failed"),
    (error: unknown) => error as { code: number; stderr: string },
  );
}

describe("npm run new", () => {
  before(async () => {
    copy = await copyRepository();
  });
  after(() => rm(copy, { recursive: true, force: true }));

  test("a name that is bad or taken is refused and nothing is written", async () => {
    const lock = readFileSync(join(copy, "package-lock.json"), "utf8");
    for (const name of ["Capability-X", "capability", "capability-", "../capability-x", "capability-x/y", "gateway", "capability-planning"]) {
      const { code, stderr } = await failure(inCopy(process.execPath, "tools/src/new.ts", "service", name));
      assert.equal(code, 64, name);
      assert.match(stderr, name === "capability-planning" ? /exists already/ : /is no name for a service/, name);
    }
    assert.equal((await failure(inCopy(process.execPath, "tools/src/new.ts", "library", "x"))).code, 64);
    assert.equal(readFileSync(join(copy, "package-lock.json"), "utf8"), lock);
  });

  test("a new service type-checks, keeps the architecture, starts, is healthy and passes its tests", async () => {
    await inCopy(process.execPath, "tools/src/new.ts", "service", "capability-x", 'Says "x" and */ more.');

    assert.match(readFileSync(join(copy, "docs/services.md"), "utf8"), /capability-x/);

    const types = await inCopy("tsc", "--noEmit", "--pretty", "false").catch((error: unknown) => error as { stdout: string });
    assert.doesNotMatch(types.stdout, /capability-?x/i);
    await inCopy(process.execPath, "--test", "tools/src/architecture.test.ts");
    await inCopy("oxlint", "--type-aware", "services/capability-x", "libs/contracts/src/capability-x.ts");
    const tests = await inCopy(
      process.execPath,
      "--test",
      "services/capability-x/src/about.test.ts",
      "services/capability-x/src/definition.integration.test.ts",
    );
    assert.match(tests.stdout, /ℹ pass 2\n/);
  });

  test("the lock file is what npm itself would write", async () => {
    const before = readFileSync(join(copy, "package-lock.json"), "utf8");
    assert.equal(
      dirname((JSON.parse(before) as { packages: Record<string, { resolved?: string }> }).packages["node_modules/@rivergen/capability-x"]?.resolved ?? ""),
      "services",
    );
    const keys = Object.keys((JSON.parse(before) as { packages: object }).packages);
    const original = Object.keys((JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as { packages: object }).packages);
    assert.deepEqual(
      keys.filter((key) => !key.endsWith("capability-x")),
      original,
    );
  });
});
