import { z } from "zod";
import { fields, shapes } from "../document/grammar.ts";
import type { Field, FieldName } from "../document/grammar.ts";
import type { Described } from "../registry/entries.ts";
import type { Registry } from "../registry/registry.ts";

/** A JSON Schema (draft 2020-12). */
export type JsonSchema = Readonly<Record<string, unknown>>;

const duration: JsonSchema = { type: "string", pattern: "^\\+?((\\d+\\.?\\d*|\\.\\d+)(ns|us|µs|μs|ms|s|m|h))+$", examples: ["250ms", "1m30s"] };
const node: JsonSchema = { $ref: "#/$defs/node" };

function kindSchema({ kind, min, max }: Field): JsonSchema {
  switch (kind) {
    case "node":
      return node;
    case "nodes":
      return { type: "array", items: node };
    case "routes":
      return { type: "object", additionalProperties: node };
    case "duration":
      return duration;
    case "config":
      return {};
    case "text":
      return { type: "string" };
    default:
      return { type: kind, ...(min === undefined ? {} : { minimum: min }), ...(max === undefined ? {} : { maximum: max }) };
  }
}

/** A zod schema as a JSON Schema of what people write. */
export function zodSchema(schema: z.ZodType | undefined): JsonSchema | undefined {
  if (!schema) return undefined;
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as Record<string, unknown>;
  return rest;
}

function fieldSchema(key: FieldName, registry: Registry | undefined): JsonSchema {
  const field: Field = fields[key];
  const names = field.names && registry ? namesOf(registry[field.names].entries()) : undefined;
  return {
    ...kindSchema(field),
    description: field.about,
    ...(field.fallback === undefined ? {} : { default: field.fallback }),
    ...((field.values ?? names) ? { enum: field.values ?? names } : {}),
  };
}

/** Every way to name what is registered: by name, and by name and version. */
function namesOf(entries: readonly Described[]): readonly string[] {
  const versioned = entries.flatMap(({ name, version }) => (version === undefined ? [] : [`${name}@${version}`]));
  return [...new Set([...entries.map(({ name }) => name), ...versioned])];
}

function shapeSchema(kind: string, registry: Registry | undefined): JsonSchema {
  const { about, required, optional } = shapes[kind as keyof typeof shapes];
  const isTyped = kind !== "ref" && kind !== "stream";
  const keys = [...required, ...optional].filter((key) => key !== "config");
  const children = kind === "fallback" ? { minItems: 2, maxItems: 2 } : { minItems: 1 };
  const properties: Record<string, JsonSchema> = {
    ...(isTyped ? { type: { const: kind } } : {}),
    name: fieldSchema("name", registry),
    ...Object.fromEntries(keys.map((key) => [key, fieldSchema(key, registry)])),
    ...(required.includes("children") ? { children: { ...fieldSchema("children", registry), ...children } } : {}),
    ...(required.includes("routes") ? { routes: { ...fieldSchema("routes", registry), minProperties: 1 } } : {}),
    ...(optional.includes("config") ? { config: fieldSchema("config", registry) } : {}),
  };
  return { title: kind, description: about, type: "object", properties, required: [...(isTyped ? ["type"] : []), ...required], additionalProperties: false };
}

/** One shape per processor that takes parameters, so that its parameters can be completed too. */
function processorSchemas(registry: Registry): JsonSchema[] {
  const entries = registry.processors.entries();
  const plain = namesOf(entries.filter(({ config }) => !config));
  const name = fieldSchema("name", registry);
  const one = (title: string, about: string, ref: JsonSchema, rest: Record<string, JsonSchema>): JsonSchema => {
    return { title, description: about, type: "object", properties: { ref, name, ...rest }, required: ["ref"], additionalProperties: false };
  };
  return [
    ...(plain.length > 0 ? [one("ref", shapes.ref.about, { enum: plain }, {})] : []),
    ...entries.flatMap((entry) => {
      const config = zodSchema(entry.config);
      return config ? [one(entry.name, entry.description ?? shapes.ref.about, { enum: namesOf([entry]) }, { config })] : [];
    }),
  ];
}

/**
 * The JSON Schema of documents. With a registry it knows every name and its parameters, so that an editor completes them
 * and a generator can say nothing else.
 */
export function flowJsonSchema(registry?: Registry): JsonSchema {
  const kinds = Object.keys(shapes).filter((kind) => kind !== "ref" || !registry);
  const all = [...(registry ? processorSchemas(registry) : []), ...kinds.map((kind) => shapeSchema(kind, registry))];
  // A version stands at the root only, and a shape that allows no other keys allows none that is added around it.
  const root = all.map((schema) => ({
    ...schema,
    properties: { version: { type: "string", description: "only reported" }, ...(schema.properties as object) },
  }));
  return { $schema: "https://json-schema.org/draft/2020-12/schema", title: "Flow", anyOf: root, $defs: { node: { anyOf: all } } };
}
