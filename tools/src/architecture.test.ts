import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { join } from "node:path";
import { describe, test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { serviceRoutes } from "@rivergen/contracts";
import { type Manifest, readImports, readPackages } from "./packages.ts";
import { root } from "./root.ts";

const stores = ["event-fabric", "database", "cache", "object-store"];
const kit = ["contracts", "pipeline", ...stores, "sandbox", "service-kit"];
/** What a package of ours may import of ours; what is not listed here may import nothing of ours. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  contracts: [],
  pipeline: ["contracts"],
  "event-fabric": ["contracts", "pipeline"],
  database: ["contracts", "pipeline"],
  cache: ["contracts", "pipeline"],
  "object-store": ["contracts", "pipeline"],
  words: [],
  relational: ["contracts", "pipeline"],
  flow: ["contracts", "pipeline"],
  river: ["contracts", "pipeline", "relational", "flow"],
  sandbox: ["contracts", "pipeline", "river"],
  connectors: ["contracts", "pipeline", ...stores],
  "service-kit": kit.filter((name) => name !== "service-kit"),
  "agent-kit": kit,
  client: ["contracts", "pipeline"],
  cli: ["contracts", "pipeline", "flow", "river", "client"],
  testkit: ["contracts", "client", ...stores],
  host: ["contracts", "service-kit"],
  web: ["contracts", "client"],
  tools: ["contracts", "client", "cli", "flow", "host", "pipeline", "relational", "river", "testkit", "words"],
  e2e: ["contracts", "client", "testkit"],
};
const serviceMayImport = [...kit, "agent-kit", "relational", "flow", "river", "connectors", "words"];

const packages = readPackages(root);
/** The web client has its own place among the services and runs in browsers. */
const web = packages.filter(({ name }) => name === "web");
const services = packages.filter(({ folder, name }) => folder.startsWith("services/") && name !== "web");
const imports = packages.flatMap((from) => readImports(root, from).map((found) => ({ from, ...found })));
const dependenciesOf = ({ manifest }: (typeof packages)[number]): [string, string][] =>
  Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });

describe("architecture", () => {
  test("packages depend downwards only", () => {
    const upwards = packages.flatMap((from) => {
      const allowed = services.includes(from) ? serviceMayImport : (mayImport[from.name] ?? []);
      return dependenciesOf(from)
        .map(([name]) => name)
        .filter((name) => name.startsWith("@rivergen/") && !allowed.includes(name.replace("@rivergen/", "")))
        .map((name) => `${from.folder} → ${name}`);
    });
    assert.deepEqual(upwards, []);
  });

  test("every package that is imported is declared by its importer", () => {
    const undeclared = imports.filter(({ from, target, isRelative }) => {
      const name = target.split("/", target.startsWith("@") ? 2 : 1).join("/");
      return (
        !isRelative &&
        !target.startsWith("node:") &&
        !target.startsWith("virtual:") &&
        !builtinModules.includes(name) &&
        // Examples read as the users of a package write them: by its name.
        name !== from.manifest.name &&
        !dependenciesOf(from).some(([declared]) => declared === name)
      );
    });
    assert.deepEqual(
      undeclared.map(({ file, target }) => `${file} → ${target}`),
      [],
    );
  });

  test("only the host reaches into another package by path, and only for service definitions", () => {
    const trespasses = imports.filter(
      ({ from, target, isRelative }) =>
        isRelative && !target.startsWith(`${from.folder}/`) && !(from.name === "host" && /^services\/[a-z-]+\/src\/definition\.ts$/.test(target)),
    );
    assert.deepEqual(
      trespasses.map(({ file, target }) => `${file} → ${target}`),
      [],
    );
  });

  test("every service starts by the same four lines", () => {
    const starts = services.map(({ folder }) => readFileSync(join(root, folder, "src/main.ts"), "utf8"));
    assert.equal(new Set(starts).size, 1);
    assert.equal(starts[0]?.trimEnd().split("\n").length, 4);
  });

  test("services export nothing", () => {
    for (const { folder, manifest } of [...services, ...web]) assert.deepEqual(manifest.exports, {}, folder);
  });

  test("every version is exact", () => {
    const loose = packages.flatMap((from) =>
      dependenciesOf(from)
        .filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
        .map(([name, version]) => `${from.folder}: ${name} ${version}`),
    );
    assert.deepEqual(loose, []);
  });

  test("the lock file names what the manifests name: otherwise npm ci refuses", () => {
    const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as { readonly packages: Readonly<Record<string, Partial<Manifest>>> };
    const named = ({ dependencies = {}, devDependencies = {} }: Partial<Manifest> = {}): object => ({ dependencies, devDependencies });
    const stale = packages.filter(({ folder, manifest }) => !isDeepStrictEqual(named(lock.packages[folder]), named(manifest)));
    assert.deepEqual(
      stale.map(({ folder }) => folder),
      [],
    );
  });

  test("every service stands in the contracts' map, and every service of the map exists", () => {
    const answering = services.map(({ name }) => name).filter((name) => name !== "gateway");
    assert.deepEqual(answering.toSorted(), Object.keys(serviceRoutes).toSorted());
    for (const { name, folder } of services) assert.equal(folder, `services/${name}`);
  });
});
