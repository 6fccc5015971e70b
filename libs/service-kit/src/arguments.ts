import { type AnyDefinition, describeVariables } from "./runtime.ts";

/** What the command line asked for. */
export type HostCommand =
  | { readonly kind: "run"; readonly only: readonly string[] | null }
  | { readonly kind: "help" }
  | { readonly kind: "wrong"; readonly message: string };

/** Reads `--only a,b` and `--help`. */
export function readArguments(given: readonly string[], services: readonly AnyDefinition[]): HostCommand {
  let only: string[] | null = null;
  for (let i = 0; i < given.length; i++) {
    const [name, inline] = (given[i] ?? "").split("=", 2);
    if (name === "--help" || name === "-h") return { kind: "help" };
    if (name !== "--only") return { kind: "wrong", message: `${given[i]} is not known. Try --help.` };
    const value = inline ?? given[++i] ?? "";
    only = [...(only ?? []), ...value.split(",").filter((part) => part !== "")];
    const unknown = only.filter((service) => !services.some((definition) => definition.name === service));
    if (value === "" || unknown.length > 0)
      return { kind: "wrong", message: `--only takes services of: ${services.map((definition) => definition.name).join(", ")}.` };
  }
  return { kind: "run", only };
}

/** The text of `--help`: usage, services and every variable. */
export function renderHelp(services: readonly AnyDefinition[]): string {
  const variables = describeVariables(services);
  const width = Math.max(...variables.map(({ name }) => name.length));
  return [
    "Starts RiverGen: every service in this process, or those named.",
    "",
    "  npm start",
    "  npm start -- --only capability-planning",
    "",
    "Services",
    ...services.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    "",
    "Variables",
    ...variables.map(({ name, description }) => `  ${name.padEnd(width)}  ${description}`),
    `  ${"SERVICE_<NAME>_URL".padEnd(width)}  Address of a service that runs in another process`,
    "",
  ].join("\n");
}
