import type { z } from "zod";
import type { Field } from "../document/grammar.ts";
import { pointer } from "../document/source.ts";
import type { Report } from "../document/source.ts";
import type { ConditionEntry, EntryKind } from "../registry/entries.ts";
import type { Registry } from "../registry/registry.ts";
import type { FaultCode } from "./fault-codes.ts";
import type { NameCheck } from "./structure.ts";
import { suggest } from "./suggest.ts";

const codes: Readonly<Record<EntryKind, FaultCode>> = {
  processors: "PROCESSOR_NOT_FOUND",
  predicates: "PREDICATE_NOT_FOUND",
  conditions: "CONDITION_NOT_FOUND",
  reducers: "REDUCER_NOT_FOUND",
  errorHandlers: "ERROR_HANDLER_NOT_FOUND",
  channels: "CHANNEL_NOT_FOUND",
};

const nouns: Readonly<Record<EntryKind, string>> = {
  processors: "processor",
  predicates: "predicate",
  conditions: "condition",
  reducers: "reducer",
  errorHandlers: "error handler",
  channels: "channel",
};

/** Parameters as a schema reads them; a node without any counts as one with an empty map. */
export function readConfig(schema: z.ZodType, config: unknown): z.ZodSafeParseResult<unknown> {
  return schema.safeParse(config ?? {});
}

function checkConfig(report: Report, schema: z.ZodType | undefined, config: unknown, path: string, name: string): void {
  const place = pointer(path, "config");
  if (!schema) {
    if (config !== undefined && config !== null) report({ path: place, code: "UNUSED_KEY", message: `${name} takes no parameters`, part: "key" });
    return;
  }
  const { error } = readConfig(schema, config);
  for (const issue of error?.issues ?? []) {
    const inner = issue.path.reduce<string>((at, key) => pointer(at, typeof key === "number" ? key : String(key)), place);
    report({ path: inner, code: "INVALID_CONFIG", message: `${name}: ${issue.message}` });
  }
}

function checkRoutes(report: Report, { name, values }: ConditionEntry, routes: unknown, path: string): void {
  if (!values || typeof routes !== "object" || routes === null) return;
  for (const route of Object.keys(routes)) {
    if (values.includes(route)) continue;
    const suggestion = suggest(route, values);
    const message = `${name} answers ${values.join(", ")}, never ${JSON.stringify(route.slice(0, 60))}`;
    report({ path: pointer(pointer(path, "routes"), route), code: "UNKNOWN_ROUTE", message, part: "key", suggestion });
  }
}

/** Looks up what nodes name in a registry: whether it is there, its parameters, its routes. */
export function createNameCheck(registry: Registry, report: Report): NameCheck {
  /** Searching for what was meant is slow and the same wrong name often stands many times. */
  const suggestions = new Map<string, string | undefined>();

  function suggestionFor(kind: NonNullable<Field["names"]>, name: string): string | undefined {
    const key = `${kind} ${name}`;
    if (!suggestions.has(key)) suggestions.set(key, suggestions.size < 1_000 ? suggest(name, registry[kind].list()) : undefined);
    return suggestions.get(key);
  }

  return (node, path, key, name, kind) => {
    const found = registry[kind].get(name);
    if (!found) {
      const suggestion = suggestionFor(kind, name);
      const hint = suggestion ? `; did you mean ${suggestion}?` : "";
      const message = `no ${nouns[kind]} ${JSON.stringify(name.slice(0, 60))} is registered${hint}`;
      return report({ path, at: pointer(path, key), code: codes[kind], message, suggestion });
    }
    if (kind !== "channels") checkConfig(report, "config" in found ? found.config : undefined, node.config, path, name);
    if (kind === "conditions") checkRoutes(report, found as ConditionEntry, node.routes, path);
  };
}
