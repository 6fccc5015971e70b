import type { DataType, RowExpression } from "@rivergen/relational";
import { checkNames, lookUp, pointer, readRowExpression } from "@rivergen/relational";
import { z } from "zod";
import type { Preparing, PreparedProcessor, ProcessorDefinition } from "./definition.ts";
import type { RecordColumn, RecordType } from "./record.ts";
import { FlowRecord, recordType } from "./record.ts";

/** An expression; YAML writes numbers and truth values bare. */
export const expressionConfig = z.union([z.string().max(10_000), z.number(), z.boolean()]).describe("an expression of the river language");
const columnName = z.string().min(1).max(255);
const columnList = z.array(columnName).min(1).max(2_000);
/** `{ column: expression }`. */
export const derivedConfig = z
  .record(columnName, expressionConfig)
  .refine((map) => Object.keys(map).length > 0, "at least one column")
  .describe("new column: expression");

type Good = Extract<RowExpression, { ok: true }>;

/** Reads an expression over the records that come in; faults are reported at its place. */
export function readExpression({ input, context, report }: Preparing, at: string, text: string | number | boolean, wanted?: DataType): Good | undefined {
  const found = readRowExpression(text, input.columns, context, wanted);
  if (found.ok) return found;
  for (const { code, message, place } of found.faults) report(at, code, message, place);
  return undefined;
}

/** The column that a name means; reported where there is none. */
function findColumn({ input, report }: Preparing, at: string, name: string): RecordColumn | undefined {
  const found = lookUp(input.columns, name);
  if ("found" in found) return found.found;
  report(at, found.code, found.message);
  return undefined;
}

function findColumns(preparing: Preparing, at: string, names: readonly string[]): RecordColumn[] | undefined {
  const found = names.flatMap((name, index) => findColumn(preparing, pointer(at, index), name) ?? []);
  return found.length === names.length ? found : undefined;
}

/** Takes columns as they stand, by their place in the input. */
function pick(input: RecordType, columns: readonly RecordColumn[], sources: readonly RecordColumn[] = columns): PreparedProcessor {
  const output = recordType(columns);
  const places = sources.map(({ name }) => input.positions.get(name) ?? -1);
  return {
    output,
    reads: [],
    run: ({ values }) =>
      new FlowRecord(
        output,
        places.map((place) => values[place] ?? null),
      ),
  };
}

/** Adds or replaces columns; entries see the columns that came in, not each other. */
export function prepareDerived(preparing: Preparing, config: Readonly<Record<string, string | number | boolean>>): PreparedProcessor | undefined {
  const { input, report } = preparing;
  const columns = [...input.columns];
  const made = Object.entries(config).flatMap(([given, text]) => {
    const value = readExpression(preparing, pointer("", given), text);
    if (!value) return [];
    const same = lookUp(input.columns, given);
    const name = "found" in same ? same.found.name : given;
    const place = input.positions.get(name) ?? columns.length;
    columns[place] = { name, type: value.type, nullable: value.nullable, identity: Symbol(name) };
    return [{ place, evaluate: value.evaluate, reads: value.reads }];
  });
  if (made.length < Object.keys(config).length) return undefined;
  let isSound = true;
  const refuse = (code: string, message: string): void => {
    isSound = false;
    report("", code, message);
  };
  checkNames({ report: (_path, code, message) => refuse(code, message) }, "", columns.map(({ name }) => name)); // prettier-ignore
  if (!isSound) return undefined;
  const output = recordType(columns);
  const run = (record: FlowRecord): FlowRecord => {
    const values = record.values.slice();
    for (const { place, evaluate } of made) values[place] = evaluate(record.values);
    return new FlowRecord(output, values);
  };
  return { output, run, reads: made.flatMap(({ reads }) => reads) };
}

export const derive: ProcessorDefinition<z.output<typeof derivedConfig>> = {
  name: "derive",
  description: "Adds or replaces columns by expressions; every entry sees the columns that came in.",
  tags: ["columns"],
  config: derivedConfig,
  prepare: prepareDerived,
};

const columnsConfig = z.strictObject({ columns: columnList.describe("names of columns") });

export const keep: ProcessorDefinition<z.output<typeof columnsConfig>> = {
  name: "keep",
  description: "Exactly these columns, in this order.",
  tags: ["columns"],
  config: columnsConfig,
  prepare(preparing, { columns }) {
    const found = findColumns(preparing, "/columns", columns);
    return found && pick(preparing.input, [...new Set(found)]);
  },
};

export const drop: ProcessorDefinition<z.output<typeof columnsConfig>> = {
  name: "drop",
  description: "All but these columns.",
  tags: ["columns"],
  config: columnsConfig,
  prepare(preparing, { columns }) {
    const gone = findColumns(preparing, "/columns", columns);
    const left = gone && preparing.input.columns.filter((column) => !gone.includes(column));
    if (left?.length === 0) preparing.report("/columns", "EMPTY_RESULT", "drop leaves no column");
    return left && left.length > 0 ? pick(preparing.input, left) : undefined;
  },
};

const renameConfig = z.record(columnName, columnName).describe("new name: old name");

export const rename: ProcessorDefinition<z.output<typeof renameConfig>> = {
  name: "rename",
  description: "Gives columns other names; the rest stays, in place.",
  tags: ["columns"],
  config: renameConfig,
  prepare(preparing, config) {
    const { input, report } = preparing;
    const names = new Map<string, string>();
    let isSound = true;
    for (const [to, from] of Object.entries(config)) {
      const column = findColumn(preparing, pointer("", to), from);
      if (column && names.has(column.name)) report(pointer("", to), "DUPLICATE_COLUMN", `${column.name} is renamed twice`);
      isSound &&= column !== undefined && !names.has(column.name);
      if (column) names.set(column.name, to);
    }
    const columns = input.columns.map((column) => ({ ...column, name: names.get(column.name) ?? column.name }));
    const refuse = (code: string, message: string): void => {
      isSound = false;
      report("", code, message);
    };
    checkNames({ report: (_path, code, message) => refuse(code, message) }, "", columns.map(({ name }) => name)); // prettier-ignore
    return isSound ? pick(input, columns, input.columns) : undefined;
  },
};
