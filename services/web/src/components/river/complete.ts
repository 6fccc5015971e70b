/** The part of JSON Schema that the river document's schema uses. */
export interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
}

/** What the language and the catalogue offer. */
export interface Vocabulary {
  readonly schema: Schema | undefined;
  readonly tables: readonly { readonly name: string; readonly columns: readonly { readonly name: string; readonly type: string }[] }[];
}

export interface Suggestion {
  readonly label: string;
  readonly detail?: string;
  /** What is written, where it is more than the label. */
  readonly apply?: string;
}

/** What may stand at `position` of a river's YAML, and where the word begins that it would replace; undefined for nothing. */
export function completeAt(
  text: string,
  position: number,
  vocabulary: Vocabulary,
): { readonly from: number; readonly options: readonly Suggestion[] } | undefined {
  const lineStart = text.lastIndexOf("\n", position - 1) + 1;
  const line = text.slice(lineStart, position);
  const word = /[\w$]*$/.exec(line)?.[0] ?? "";
  const from = position - word.length;
  const before = line.slice(0, line.length - word.length);
  const options = /^\s*(- +)*$/.test(before)
    ? keysAt(pathAt(text, lineStart, before.length), vocabulary)
    : valuesAt(
        text,
        pathAt(text, lineStart, before.length - before.trimStart().length + (/^\s*((?:- +)*)/.exec(before)?.[1]?.length ?? 0)),
        before,
        vocabulary,
      );
  return options.length > 0 ? { from, options } : undefined;
}

/** Keys above a line that is indented by `indent`, outermost first; lists are left out, their schema is found by itself. */
export function pathAt(text: string, lineStart: number, indent: number): string[] {
  const path: string[] = [];
  let limit = indent;
  for (const line of text.slice(0, lineStart).split("\n").toReversed()) {
    const found = /^(\s*(?:- +)*)("?)([\w.$-]+)\2:(\s|$)/.exec(line);
    if (!found) continue;
    const depth = found[1]?.length ?? 0;
    if (depth >= limit) continue;
    path.unshift(found[3] as string);
    limit = depth - (found[1]?.trimStart().length ?? 0) || depth;
    if (depth === 0) break;
  }
  return path;
}

function keysAt(path: readonly string[], { schema }: Vocabulary): Suggestion[] {
  const keys = new Map<string, Schema>();
  for (const found of schemasAt(schema, path)) for (const [key, value] of Object.entries(found.properties ?? {})) keys.set(key, value);
  return [...keys].map(([label, value]) => ({ label, apply: `${label}: `, ...(typeof value.const === "string" ? { detail: value.const } : {}) }));
}

const inputKeys = new Set(["from", "to", "with"]);

function valuesAt(text: string, path: readonly string[], before: string, { schema, tables }: Vocabulary): Suggestion[] {
  const key = /([\w$]+)"?:[^:]*$/.exec(before)?.[1];
  if (key === undefined) return columnsOf(text, tables);
  if (key === "dataset")
    return tables.map(({ name, columns }) => ({
      label: name,
      detail: columns
        .map((column) => column.name)
        .join(", ")
        .slice(0, 60),
    }));
  if (inputKeys.has(key)) return namesIn(text).map((label) => ({ label }));
  const choices = schemasAt(schema, [...path, key]).flatMap((found) => [...(found.enum ?? []), ...(found.const === undefined ? [] : [found.const])]);
  if (choices.length > 0) return choices.filter((choice) => typeof choice === "string").map((label) => ({ label }));
  return path.length > 0 ? columnsOf(text, tables) : [];
}

/** Columns of the tables that the text names; of all tables where it names none. */
function columnsOf(text: string, tables: Vocabulary["tables"]): Suggestion[] {
  const named = tables.filter(({ name }) => new RegExp(`dataset: *"?${name}\\b`).test(text));
  return (named.length > 0 ? named : tables).flatMap(({ name, columns }) =>
    columns.map((column) => ({
      label: column.name,
      detail: `${column.type} · ${name}`,
      ...(/^[a-z_]\w*$/i.test(column.name) ? {} : { apply: `"${column.name.replaceAll('"', '""')}"` }),
    })),
  );
}

/** Names of sources and steps: keys one level below these two. */
function namesIn(text: string): string[] {
  const blocks = [...text.matchAll(/^(?:sources|steps):(.*(?:\n(?:[ \t].*|))*)/gm)].map(([, block = ""]) => block);
  return blocks.flatMap((block) => {
    const depth = /\n( +)\S/.exec(block)?.[1];
    const inBlock = depth === undefined ? [] : [...block.matchAll(new RegExp(`\\n${depth}([a-z]\\w*):`, "g"))];
    const inline = /^\s*\{/.test(block) ? [...block.matchAll(/[{,]\s*([a-z]\w*): *\{/g)] : [];
    return [...inBlock, ...inline].map(([, name = ""]) => name);
  });
}

/** Every schema that a path may lead to. */
function schemasAt(schema: Schema | undefined, path: readonly string[]): Schema[] {
  let level = spread(schema);
  for (const key of path)
    level = level.flatMap(({ properties, additionalProperties }) => {
      const own = properties && Object.hasOwn(properties, key) ? properties[key] : undefined;
      return spread(own ?? (typeof additionalProperties === "object" ? additionalProperties : undefined));
    });
  return level;
}

/** A schema with its alternatives and what its list holds. */
function spread(schema: Schema | undefined): Schema[] {
  if (!schema) return [];
  return [schema, ...(schema.anyOf ?? []).flatMap(spread), ...spread(schema.items)];
}
