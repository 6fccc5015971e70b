import type { DeadLetterCommand } from "./dead-letters.ts";
import { type AnyDefinition, describeVariables } from "./runtime.ts";

/** What the command line asked for. */
export type HostCommand =
  | { readonly kind: "run"; readonly only: readonly string[] | null }
  | { readonly kind: "dead-letters"; readonly command: DeadLetterCommand }
  | { readonly kind: "help" }
  | { readonly kind: "wrong"; readonly message: string };

/** Reads `--only a,b`, `--help` and `dead-letters`. */
export function readArguments(given: readonly string[], services: readonly AnyDefinition[]): HostCommand {
  if (given[0] === "dead-letters") return readDeadLetters(given.slice(1));
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

function readDeadLetters([word, group, ...ids]: readonly string[]): HostCommand {
  if (word === undefined) return { kind: "dead-letters", command: { do: "list" } };
  if (word === "replay" && group !== undefined) return { kind: "dead-letters", command: { do: "replay", group, ids } };
  return { kind: "wrong", message: "Write dead-letters, or dead-letters replay <group> [<message id> …]." };
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
    "  npm start -- dead-letters                              messages that were given up, with their cause",
    "  npm start -- dead-letters replay <group> [<id> …]      gives them back to their group",
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
