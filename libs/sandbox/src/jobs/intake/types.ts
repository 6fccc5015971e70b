/** Types of tables, as river documents spell them, and DuckDB's names for them. */
const plain: readonly (readonly [string, string])[] = [
  ["boolean", "BOOLEAN"],
  ["integer", "BIGINT"],
  ["double", "DOUBLE"],
  ["string", "VARCHAR"],
  ["date", "DATE"],
  ["time", "TIME"],
  ["timestamp", "TIMESTAMP"],
  ["timestamptz", "TIMESTAMP WITH TIME ZONE"],
  ["interval", "INTERVAL"],
  ["json", "JSON"],
  ["binary", "BLOB"],
];
const toDuck = new Map(plain);
const fromDuck = new Map(plain.map(([ours, theirs]) => [theirs, ours]));

/** Precision and scale of `decimal(p,s)`, or undefined. */
export function decimalParts(type: string): { precision: number; scale: number } | undefined {
  const found = /^decimal\((\d+), ?(\d+)\)$/i.exec(type);
  return found === null ? undefined : { precision: Number(found[1]), scale: Number(found[2]) };
}

/** DuckDB's name for a scalar type or a list of one; undefined for anything else. */
export function duckType(type: string): string | undefined {
  const list = /^list<(.+)>$/.exec(type)?.[1];
  if (list !== undefined) {
    const element = duckType(list);
    return element === undefined ? undefined : `${element}[]`;
  }
  const parts = decimalParts(type);
  if (parts !== undefined) return parts.precision <= 38 && parts.scale <= parts.precision ? `DECIMAL(${parts.precision},${parts.scale})` : undefined;
  return toDuck.get(type);
}

/** Our name for a type that DuckDB reports, where it is one of ours exactly; undefined where a cast is needed first. */
export function typeOfDuck(type: string): string | undefined {
  const known = fromDuck.get(type);
  if (known !== undefined) return known;
  const parts = decimalParts(type);
  if (parts !== undefined) return `decimal(${parts.precision},${parts.scale})`;
  if (type.endsWith("[]")) {
    const element = typeOfDuck(type.slice(0, -2));
    return element === undefined ? undefined : `list<${element}>`;
  }
  return type.startsWith("STRUCT(") ? structOfDuck(type) : undefined;
}

function structOfDuck(type: string): string | undefined {
  const fields = structFields(type).map(({ name, type: inner }) => ({ name, type: typeOfDuck(inner) }));
  if (fields.some((field) => field.type === undefined)) return undefined;
  return `struct<${fields.map((field) => `${/^[a-z_]\w*$/i.test(field.name) ? field.name : `"${field.name.replaceAll('"', '""')}"`}: ${field.type}`).join(", ")}>`;
}

/** The fields of `STRUCT(a BIGINT, "b c" STRUCT(…))`. */
export function structFields(type: string): { name: string; type: string }[] {
  return splitTop(type.slice("STRUCT(".length, -1)).map((part) => {
    const quoted = /^"((?:[^"]|"")*)" (.*)$/s.exec(part);
    if (quoted !== null) return { name: (quoted[1] ?? "").replaceAll('""', '"'), type: quoted[2] ?? "" };
    const gap = part.indexOf(" ");
    return { name: part.slice(0, gap), type: part.slice(gap + 1) };
  });
}

/** Splits at commas outside parentheses and quotes. */
function splitTop(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let quoted = false;
  let start = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') quoted = !quoted;
    else if (quoted) continue;
    else if (character === "(") depth += 1;
    else if (character === ")") depth -= 1;
    else if (character === "," && depth === 0) {
      parts.push(text.slice(start, at).trim());
      start = at + 1;
    }
  }
  parts.push(text.slice(start).trim());
  return parts;
}
