import { z } from "zod";

/** The part of JSON Schema that is compared; what is not understood counts as fitting. */
interface Schema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema | boolean;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
}

/** What comes out of somewhere or goes in; undefined where nothing is known. */
export type Shape = Schema | undefined;

const cache = { input: new WeakMap<z.ZodType, Schema>(), output: new WeakMap<z.ZodType, Schema>() };

/** A zod schema as what it takes or what it gives. */
export function shapeOf(schema: z.ZodType | undefined, io: "input" | "output"): Shape {
  if (!schema) return undefined;
  const known = cache[io].get(schema);
  if (known) return known;
  const made = z.toJSONSchema(schema, { io, unrepresentable: "any", cycles: "ref", reused: "inline" }) as Schema;
  cache[io].set(schema, made);
  return made;
}

/** What one of several ways gives. */
export function either(shapes: readonly Shape[]): Shape {
  const known = [...new Set(shapes)];
  if (known.includes(undefined)) return undefined;
  return known.length === 1 ? known[0] : { anyOf: known as Schema[] };
}

const typesOf = ({ type }: Schema): readonly string[] => (type === undefined ? [] : typeof type === "string" ? [type] : type);
const valuesOf = (schema: Schema): readonly unknown[] | undefined => schema.enum ?? ("const" in schema ? [schema.const] : undefined);

function misfitOfType(given: Schema, wanted: Schema, path: string): string | undefined {
  const types = typesOf(wanted);
  const wrong = typesOf(given).find(
    (type) =>
      types.length > 0 && !types.includes(type) && !(type === "integer" && types.includes("number")) && !(type === "number" && types.includes("integer")),
  );
  return wrong === undefined ? undefined : `${path || "it"} is ${wrong}, taken is ${types.join(" or ")}`;
}

function misfitOfValues(given: Schema, wanted: Schema, path: string): string | undefined {
  const taken = valuesOf(wanted);
  const wrong = taken && valuesOf(given)?.find((value) => !taken.includes(value));
  return wrong === undefined ? undefined : `${path || "it"} can be ${JSON.stringify(wrong)}, which is not taken`;
}

function misfitOfProperty(given: Schema, wanted: Schema, key: string, path: string): string | undefined {
  const own = given.properties?.[key];
  const place = path === "" ? key : `${path}.${key}`;
  const isRequired = wanted.required?.includes(key) ?? false;
  if (!own) return isRequired && given.additionalProperties === false ? `${place} is missing` : undefined;
  if (isRequired && !given.required?.includes(key)) return `${place} can be missing`;
  return misfitOf(own, wanted.properties?.[key], place);
}

function misfitOfProperties(given: Schema, wanted: Schema, path: string): string | undefined {
  if (!given.properties) return undefined;
  return firstOf(Object.keys(wanted.properties ?? {}), (key) => misfitOfProperty(given, wanted, key, path));
}

function firstOf<T>(values: readonly T[], find: (value: T) => string | undefined): string | undefined {
  for (const value of values) {
    const found = find(value);
    if (found !== undefined) return found;
  }
  return undefined;
}

const waysOf = ({ anyOf, oneOf }: Schema): readonly Schema[] | undefined => anyOf ?? oneOf;

/** Why what is given cannot be taken; undefined when it can, or when nobody knows. */
export function misfitOf(given: Shape, wanted: Shape, path = ""): string | undefined {
  if (!given || !wanted || given === wanted) return undefined;
  const ways = waysOf(given);
  if (ways) return firstOf(ways, (way) => misfitOf(way, wanted, path));
  const choices = waysOf(wanted);
  if (choices) {
    const misfits = choices.map((choice) => misfitOf(given, choice, path));
    return misfits.includes(undefined) ? undefined : misfits[0];
  }
  return firstOf([misfitOfType, misfitOfValues, misfitOfProperties, misfitOfItems], (misfit) => misfit(given, wanted, path));
}

function misfitOfItems(given: Schema, wanted: Schema, path: string): string | undefined {
  if (typeof given.items !== "object" || typeof wanted.items !== "object") return undefined;
  return misfitOf(given.items, wanted.items, `${path}[]`);
}
