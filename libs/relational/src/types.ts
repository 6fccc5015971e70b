/** Names of the types that take no argument. */
export const simpleTypes = ["boolean", "integer", "double", "string", "date", "time", "timestamp", "timestamptz", "interval", "json", "binary"] as const;
export type SimpleKind = (typeof simpleTypes)[number];

/**
 * A type of the expression language. `null` is the type of a bare `null`; `unknown` stands where a fault was
 * already reported, and is accepted everywhere so that one mistake is told once. Neither can be written.
 */
export type DataType =
  | { readonly kind: SimpleKind | "null" | "unknown" }
  | { readonly kind: "decimal"; readonly precision: number; readonly scale: number }
  | { readonly kind: "list"; readonly element: DataType }
  | { readonly kind: "struct"; readonly fields: readonly StructField[] };

export interface StructField {
  readonly name: string;
  readonly type: DataType;
}

const simple = (kind: SimpleKind | "null" | "unknown"): DataType => ({ kind });

export const types = {
  boolean: simple("boolean"),
  integer: simple("integer"),
  double: simple("double"),
  string: simple("string"),
  date: simple("date"),
  time: simple("time"),
  timestamp: simple("timestamp"),
  timestamptz: simple("timestamptz"),
  interval: simple("interval"),
  json: simple("json"),
  binary: simple("binary"),
  null: simple("null"),
  unknown: simple("unknown"),
  decimal: (precision: number, scale: number): DataType => ({ kind: "decimal", precision, scale }),
  list: (element: DataType): DataType => ({ kind: "list", element }),
} as const;

const plainName = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** A name as expressions write it: in double quotes only where it must be. */
export function quoteName(name: string): string {
  return plainName.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

/** Spells a type as documents and the API do: `decimal(18,2)`, `list<string>`, `struct<a: integer>`. */
export function printType(type: DataType): string {
  switch (type.kind) {
    case "decimal":
      return `decimal(${type.precision},${type.scale})`;
    case "list":
      return `list<${printType(type.element)}>`;
    case "struct":
      return `struct<${type.fields.map((field) => `${quoteName(field.name)}: ${printType(field.type)}`).join(", ")}>`;
    default:
      return type.kind;
  }
}

export function sameType(a: DataType, b: DataType): boolean {
  return printType(a) === printType(b);
}

export function isNumeric(type: DataType): boolean {
  return type.kind === "integer" || type.kind === "decimal" || type.kind === "double";
}

/** What an integer is among decimals: 64 bits have at most 19 digits. */
const integerDigits = 19;

/** Precision and scale of an integer or a decimal. */
export function decimalShape(type: DataType): { precision: number; scale: number } {
  return type.kind === "decimal" ? type : { precision: integerDigits, scale: 0 };
}

function widenDecimals(a: DataType, b: DataType): DataType {
  const left = decimalShape(a);
  const right = decimalShape(b);
  const scale = Math.max(left.scale, right.scale);
  const whole = Math.max(left.precision - left.scale, right.precision - right.scale);
  return types.decimal(Math.min(38, whole + scale), scale);
}

function widenStructs(a: readonly StructField[], b: readonly StructField[]): DataType | undefined {
  if (a.length !== b.length) return undefined;
  const fields: StructField[] = [];
  for (const [index, field] of a.entries()) {
    const other = b[index];
    const type = other && other.name === field.name ? widen(field.type, other.type) : undefined;
    if (!type) return undefined;
    fields.push({ name: field.name, type });
  }
  return { kind: "struct", fields };
}

/**
 * The smallest type that holds values of both without a cast: integer → decimal → double, date → timestamp.
 * Undefined where a cast must be written.
 */
export function widen(a: DataType, b: DataType): DataType | undefined {
  if (a.kind === "unknown" || b.kind === "unknown") return types.unknown;
  if (a.kind === "null") return b;
  return b.kind === "null" || sameType(a, b) ? a : widenDifferent(a, b);
}

const isDay = (type: DataType): boolean => type.kind === "date" || type.kind === "timestamp";

function widenDifferent(a: DataType, b: DataType): DataType | undefined {
  if (isNumeric(a) && isNumeric(b)) return a.kind === "double" || b.kind === "double" ? types.double : widenDecimals(a, b);
  if (isDay(a) && isDay(b)) return types.timestamp;
  if (a.kind === "list" && b.kind === "list") {
    const element = widen(a.element, b.element);
    return element && types.list(element);
  }
  if (a.kind === "struct" && b.kind === "struct") return widenStructs(a.fields, b.fields);
  return undefined;
}

/** Whether a value of `from` may stand where `to` is expected, without a cast. */
export function fits(from: DataType, to: DataType): boolean {
  const both = widen(from, to);
  return both !== undefined && (both.kind === "unknown" || sameType(both, to));
}

/** "a"/"an" with the type, for messages. */
export function describeType(type: DataType): string {
  const text = printType(type);
  return `${/^[aeiou]/.test(text) ? "an" : "a"} ${text}`;
}
