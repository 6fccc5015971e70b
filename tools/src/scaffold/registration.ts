import type { ServiceNames } from "./service.ts";

/** Exports the contract of a new service. */
export function addToIndex(source: string, { name }: ServiceNames): string {
  const lines = source.trimEnd().split("\n");
  return `${[...lines, `export * from "./${name}.ts";`].toSorted().join("\n")}\n`;
}

/** Says in the platform's map that the service answers its operations. */
export function addToRoutes(source: string, { name, camel }: ServiceNames): string {
  const imported = insertBefore(source, /^import /m, `import { ${camel}Routes } from "./${name}.ts";\n`);
  return insertBefore(imported, /^\} as const satisfies Record<string, Routes>;$/m, `  "${name}": ${camel}Routes,\n`);
}

/** Has the host start it, before the gateway. */
export function addToHost(source: string, { name, camel }: ServiceNames): string {
  const imported = insertBefore(
    source,
    /^import \{ definition as gateway \}/m,
    `import { definition as ${camel} } from "../../../services/${name}/src/definition.ts";\n`,
  );
  return insertBefore(imported, /^ {2}gateway,$/m, `  ${camel},\n`);
}

interface Lock {
  readonly packages: Readonly<Record<string, object>>;
}

/** Names the new workspace in the lock file as npm would, so that `npm ci` agrees. */
export function addToLock(source: string, { name }: ServiceNames): string {
  const lock = JSON.parse(source) as Lock;
  const dependencies = { "@rivergen/contracts": "0.1.0", "@rivergen/service-kit": "0.1.0" };
  const packages = {
    ...lock.packages,
    [`node_modules/@rivergen/${name}`]: { resolved: `services/${name}`, link: true },
    [`services/${name}`]: { name: `@rivergen/${name}`, version: "0.1.0", dependencies },
  };
  const sorted = Object.fromEntries(Object.entries(packages).toSorted(([left], [right]) => left.localeCompare(right, "en")));
  return `${JSON.stringify({ ...lock, packages: sorted }, undefined, 2)}\n`;
}

/** @throws Error where the place is not found: the file has changed its form, and this tool must follow */
function insertBefore(source: string, place: RegExp, text: string): string {
  const found = place.exec(source);
  if (!found) throw new Error(`The place ${String(place)} to register a service was not found`);
  return source.slice(0, found.index) + text + source.slice(found.index);
}
