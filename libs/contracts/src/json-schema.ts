import { z } from "zod";

/** A JSON Schema (2020-12), as documents hold it. */
export type JsonSchema = { [keyword: string]: unknown };

/** What a sender may give (unknown fields are faults), or what a receiver gets (fields may be added). */
export type SchemaSide = "input" | "output";

/** Schemas of a document: those with an id stand once among its components, everything else where it is used. */
export interface SchemaBook {
  add(schema: z.ZodType, side: SchemaSide): JsonSchema;
  /** Every schema with an id that was referred to, by name. What senders may give of it is called `…Input`. */
  readonly components: Readonly<Record<string, JsonSchema>>;
}

export function createSchemaBook(): SchemaBook {
  const components: Record<string, JsonSchema> = {};
  return {
    components,
    add(schema, side) {
      // Wrapped, so that a schema with an id of its own becomes a reference too.
      const whole = z.toJSONSchema(z.object({ it: schema }), { io: side, unrepresentable: "any", target: "draft-2020-12" }) as JsonSchema;
      const defined = Object.entries((whole["$defs"] ?? {}) as Record<string, JsonSchema>);
      const names = new Map(defined.map(([name, { type }]) => [name, side === "input" && type === "object" ? `${name}Input` : name]));
      for (const [name, definition] of defined) components[names.get(name) as string] = tidy(definition, side, names);
      return tidy((whole["properties"] as Record<string, JsonSchema>)["it"] as JsonSchema, side, names);
    },
  };
}

const maps = new Set(["properties", "patternProperties"]);
const values = new Set(["enum", "const", "default", "examples", "required"]);

/** The same schema with references into the components and without what only the generator needed. */
function tidy(schema: JsonSchema, side: SchemaSide, names: ReadonlyMap<string, string>): JsonSchema {
  const within = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(within);
    return typeof value === "object" && value !== null ? tidy(value as JsonSchema, side, names) : value;
  };
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([keyword, value]) => !isNoise(schema, keyword, value, side))
      .map(([keyword, value]) => {
        if (keyword === "$ref")
          return [keyword, String(value).replace(/^#\/\$defs\/(.+)$/, (_, name: string) => `#/components/schemas/${names.get(name) ?? name}`)];
        if (values.has(keyword)) return [keyword, value];
        if (maps.has(keyword))
          return [keyword, Object.fromEntries(Object.entries(value as Record<string, unknown>).map(([name, inner]) => [name, within(inner)]))];
        return [keyword, within(value)];
      }),
  );
}

function isNoise(schema: JsonSchema, keyword: string, value: unknown, side: SchemaSide): boolean {
  if (keyword === "$schema" || keyword === "id") return true;
  if (keyword === "maximum" || keyword === "minimum") return Math.abs(Number(value)) === Number.MAX_SAFE_INTEGER;
  if (keyword === "pattern") return schema["format"] === "date-time" || schema["format"] === "date" || schema["format"] === "email";
  return keyword === "additionalProperties" && value === false && side === "output";
}
