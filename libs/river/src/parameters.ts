import type { RiverDocument } from "@rivergen/contracts";
import type { DataType } from "@rivergen/relational";
import { nearest, parseType, pointer, readValue } from "@rivergen/relational";
import type { Faults } from "./fault.ts";

export interface Parameters {
  readonly types: ReadonlyMap<string, DataType>;
  /** Canonical texts: given values, else defaults; null is null. */
  readonly values: ReadonlyMap<string, string | null>;
}

function readOne(type: DataType, value: unknown, path: string, name: string, faults: Faults): string | null | undefined {
  if (value === null) return null;
  const reading = readValue(type, value);
  if (reading.ok) return reading.text;
  faults.report(path, "INVALID_PARAMETER", `${name}: ${reading.message}`);
  return undefined;
}

/** Types of the parameters, and their defaults checked against them. */
function readDeclared(document: RiverDocument, faults: Faults): { types: Map<string, DataType>; values: Map<string, string | null> } {
  const types = new Map<string, DataType>();
  const values = new Map<string, string | null>();
  for (const [name, declared] of Object.entries(document.parameters ?? {})) {
    const path = pointer("/parameters", name);
    if (faults.isFaulty(path)) continue;
    const parsed = parseType(declared.type);
    if (!parsed.ok) {
      faults.report(pointer(path, "type"), parsed.fault.code, parsed.fault.message);
      continue;
    }
    types.set(name, parsed.type);
    if (declared.default === undefined) continue;
    const value = readOne(parsed.type, declared.default, pointer(path, "default"), name, faults);
    if (value !== undefined) values.set(name, value);
  }
  return { types, values };
}

/**
 * Reads the parameters of a document. With `given`, values are checked and every parameter must have one; without,
 * only types and defaults are looked at.
 */
export function readParameters(document: RiverDocument, given: Readonly<Record<string, unknown>> | undefined, faults: Faults): Parameters {
  const { types, values } = readDeclared(document, faults);
  if (!given) return { types, values };
  for (const [name, value] of Object.entries(given)) {
    const type = types.get(name);
    const path = pointer("/parameters", name);
    if (type) {
      const text = readOne(type, value, path, name, faults);
      if (text !== undefined) values.set(name, text);
    } else if (!Object.hasOwn(document.parameters ?? {}, name)) {
      const found = nearest(name, [...types.keys()]);
      faults.report(path, "UNKNOWN_PARAMETER", `there is no parameter ${name}${found ? `; the nearest is ${found}` : ""}`);
    }
  }
  for (const name of types.keys()) {
    if (!values.has(name) && !faults.isFaulty(pointer("/parameters", name)))
      faults.report(pointer("/parameters", name), "MISSING_PARAMETER", `${name} has no default: give it a value`);
  }
  return { types, values };
}
