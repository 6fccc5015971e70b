import type { z } from "zod";
import { fields, shapes } from "../document/grammar.ts";
import type { Field, FieldKind, FieldName } from "../document/grammar.ts";
import { versionOf } from "../registry/collection.ts";
import type { Described } from "../registry/entries.ts";
import type { Registry } from "../registry/registry.ts";
import { flowJsonSchema, zodSchema } from "./json-schema.ts";
import type { JsonSchema } from "./json-schema.ts";

/** Something registered, as documents can use it. Absent keys were not said. */
export interface CatalogueEntry {
  readonly name: string;
  readonly version: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly input?: JsonSchema;
  readonly output?: JsonSchema;
  readonly config?: JsonSchema;
  /** Every key a condition can answer. */
  readonly values?: readonly string[];
}

/** One kind of node. */
export interface ConnectorEntry {
  /** A type, or `ref` or `stream`. */
  readonly type: string;
  readonly description: string;
  readonly fields: readonly {
    readonly name: string;
    readonly kind: FieldKind;
    readonly required: boolean;
    readonly default?: string | number;
    readonly values?: readonly string[];
    readonly description: string;
  }[];
}

/** Everything that documents can say; the same registry gives the same text. */
export interface Specification {
  /** Of whole documents. */
  readonly document: JsonSchema;
  readonly connectors: readonly ConnectorEntry[];
  readonly processors: readonly CatalogueEntry[];
  readonly predicates: readonly CatalogueEntry[];
  readonly conditions: readonly CatalogueEntry[];
  readonly reducers: readonly CatalogueEntry[];
  readonly errorHandlers: readonly CatalogueEntry[];
  readonly channels: readonly CatalogueEntry[];
}

interface Catalogued extends Described {
  readonly input?: z.ZodType;
  readonly output?: z.ZodType;
  readonly config?: z.ZodType;
  readonly values?: readonly string[];
}

function catalogue(entries: readonly Catalogued[]): readonly CatalogueEntry[] {
  return entries.map((entry) => {
    const said = {
      description: entry.description,
      tags: entry.tags,
      input: zodSchema(entry.input),
      output: zodSchema(entry.output),
      config: zodSchema(entry.config),
      values: entry.values,
    };
    return { name: entry.name, version: versionOf(entry), ...Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined)) };
  });
}

function fieldEntry(key: FieldName, required: boolean): ConnectorEntry["fields"][number] {
  const { kind, fallback, values, about }: Field = fields[key];
  return { name: key, kind, required, ...(fallback === undefined ? {} : { default: fallback }), ...(values ? { values } : {}), description: about };
}

/** Every kind of node, by name. */
export function connectorEntries(): readonly ConnectorEntry[] {
  return Object.entries(shapes)
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([type, { about, required, optional }]) => ({
      type,
      description: about,
      fields: [...required.map((key) => fieldEntry(key, true)), fieldEntry("name", false), ...optional.map((key) => fieldEntry(key, false))],
    }));
}

/** What documents can say with a registry. */
export function createSpecification(registry: Registry): Specification {
  return {
    document: flowJsonSchema(registry),
    connectors: connectorEntries(),
    processors: catalogue(registry.processors.entries()),
    predicates: catalogue(registry.predicates.entries()),
    conditions: catalogue(registry.conditions.entries()),
    reducers: catalogue(registry.reducers.entries()),
    errorHandlers: catalogue(registry.errorHandlers.entries()),
    channels: catalogue(registry.channels.entries()),
  };
}
