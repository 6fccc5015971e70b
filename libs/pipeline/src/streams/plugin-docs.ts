import { z } from "zod";
import type { PluginRegistry } from "./plugins.ts";

interface Property {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Property[];
  readonly oneOf?: readonly Property[];
  readonly default?: unknown;
  readonly description?: string;
}

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");
function typeOf({ type, enum: values, anyOf, oneOf }: Property): string {
  const choices = anyOf ?? oneOf;
  if (choices) return [...new Set(choices.map(typeOf))].join(" or ");
  return values ? values.map((value) => JSON.stringify(value)).join(" or ") : (type ?? "any");
}

/** What there is to know of all plugins of a registry, in Markdown, made from their schemas: a section each. */
export function describePlugins(registry: PluginRegistry): string {
  const sections = registry.list().map(({ kind, name, version, description, config }) => {
    const schema = z.toJSONSchema(config, { io: "input", unrepresentable: "any" });
    const required = new Set(schema.required);
    const rows = Object.entries((schema.properties ?? {}) as Record<string, Property>).map(([key, property]) => {
      const fallback = property.default === undefined ? (required.has(key) ? "required" : "–") : `\`${JSON.stringify(property.default)}\``;
      return `| \`${key}\` | ${cell(typeOf(property))} | ${fallback} | ${cell(property.description ?? "")} |`;
    });
    const table = rows.length === 0 ? ["Nothing to configure."] : ["| key | type | default | meaning |", "|---|---|---|---|", ...rows];
    return [`### ${kind} \`${name}\` ${version}`, "", description, "", ...table].join("\n");
  });
  return `${sections.join("\n\n")}\n`;
}
