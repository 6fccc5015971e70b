import { existsSync, readFileSync } from "node:fs";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { addToHost, addToIndex, addToLock, addToRoutes } from "./registration.ts";

/** Why a service cannot be made as asked. */
export class ScaffoldError extends Error {}

export interface ServiceRequest {
  /** Folder of the repository. */
  readonly root: string;
  /** `<kind>-<name>` in kebab case. */
  readonly name: string;
  /** One sentence: what it is for. */
  readonly summary: string;
}

const kinds = ["agent", "capability", "compute"];
const templates = join(import.meta.dirname, "..", "..", "templates", "service");
/** Template → where it goes. */
const files = {
  "package.json.tmpl": (name: string) => `services/${name}/package.json`,
  "main.ts.tmpl": (name: string) => `services/${name}/src/main.ts`,
  "definition.ts.tmpl": (name: string) => `services/${name}/src/definition.ts`,
  "definition.integration.test.ts.tmpl": (name: string) => `services/${name}/src/definition.integration.test.ts`,
  "about.ts.tmpl": (name: string) => `services/${name}/src/about.ts`,
  "about.test.ts.tmpl": (name: string) => `services/${name}/src/about.test.ts`,
  "contract.ts.tmpl": (name: string) => `libs/contracts/src/${name}.ts`,
};

/** The places where a service is registered: contract map, exports of the contracts, host, lock file. */
const registrations = {
  "libs/contracts/src/index.ts": addToIndex,
  "libs/contracts/src/routes.ts": addToRoutes,
  "infra/host/src/services.ts": addToHost,
  "package-lock.json": addToLock,
};

/** The names one service goes by. */
export interface ServiceNames {
  readonly name: string;
  readonly camel: string;
  readonly pascal: string;
}

/**
 * Writes a service that starts, has health, a contract and tests, and registers it. Everything is computed before the
 * first file is written. Gives the paths written, relative to the repository.
 * @throws ScaffoldError for a bad name or one that is taken
 */
export async function scaffoldService({ root, name, summary }: ServiceRequest): Promise<string[]> {
  refuseBadName(root, name);
  const names = { name, camel: toCamel(name), pascal: toPascal(name) };
  const values: Readonly<Record<string, string>> = { ...names, summary: JSON.stringify(summary) };
  const created = Object.entries(files).map(([template, place]) => [place(name), fill(readFileSync(join(templates, template), "utf8"), values)] as const);
  const changed = Object.entries(registrations).map(([path, change]) => [path, change(readFileSync(join(root, path), "utf8"), names)] as const);
  for (const [path, text] of [...created, ...changed]) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  await linkWorkspace(root, name);
  return [...created, ...changed].map(([path]) => path);
}

function refuseBadName(root: string, name: string): void {
  if (!new RegExp(`^(${kinds.join("|")})(-[a-z][a-z0-9]*)+$`).test(name) || name.length > 50)
    throw new ScaffoldError(`"${name}" is no name for a service: write <kind>-<name> in lower case, kind one of ${kinds.join(", ")}`);
  const taken = [`services/${name}`, `libs/contracts/src/${name}.ts`].find((path) => existsSync(join(root, path)));
  if (taken !== undefined) throw new ScaffoldError(`${taken} exists already`);
}

/** What `npm ci` would do for the new workspace, so that nothing has to be installed. */
async function linkWorkspace(root: string, name: string): Promise<void> {
  const scope = join(root, "node_modules", "@rivergen");
  if (!existsSync(scope)) return;
  await symlink(join("..", "..", "services", name), join(scope, name));
  const stamp = join(root, "node_modules", ".rivergen-installed");
  if (existsSync(stamp)) await writeFile(stamp, readFileSync(join(root, "package-lock.json")));
}

function fill(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\{\{(\w+)\}\}/g, (_, key: string) => {
    const value = values[key];
    if (value === undefined) throw new Error(`A template names {{${key}}}, which nobody gives`);
    return value;
  });
}

function toPascal(name: string): string {
  return name
    .split("-")
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");
}

function toCamel(name: string): string {
  const pascal = toPascal(name);
  return pascal.charAt(0).toLowerCase() + pascal.slice(1);
}
