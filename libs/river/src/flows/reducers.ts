import { sameType } from "@rivergen/relational";
import { z } from "zod";
import { agree } from "./agree.ts";
import type { Preparing, ReducerDefinition } from "./definition.ts";
import type { RecordColumn, RecordType } from "./record.ts";
import { describeColumn, FlowRecord, recordType } from "./record.ts";

const noConfig = z.strictObject({});

export const first: ReducerDefinition<z.output<typeof noConfig>> = {
  name: "first",
  description: "The result of the first child, in their order, that succeeded. All children give the same columns.",
  tags: ["results"],
  config: noConfig,
  needsAll: false,
  prepare({ input, report }, _config, results) {
    const output = agree(results, (message) => report("", "FLOW_BRANCHES", message));
    return output && { output, reads: [], reduce: (record, made) => made[0] ?? new FlowRecord(input, record.values) };
  },
};

/** Columns of the input, then what children add; undefined where two disagree. */
function mergedColumns({ input, report }: Preparing, results: readonly RecordType[]): RecordColumn[] | undefined {
  const columns = new Map<string, RecordColumn>(input.columns.map((column) => [column.name, column]));
  let isSound = true;
  for (const column of results.flatMap((result) => result.columns)) {
    const known = columns.get(column.name);
    if (!known) columns.set(column.name, column);
    else if (!sameType(known.type, column.type)) {
      report("", "FLOW_BRANCHES", `children give ${describeColumn(known)} and ${describeColumn(column)}: cast one of them`);
      isSound = false;
    } else if (known.identity !== column.identity) {
      columns.set(column.name, { name: known.name, type: known.type, nullable: known.nullable || column.nullable, identity: Symbol(known.name) });
    }
  }
  return isSound ? [...columns.values()] : undefined;
}

export const merge: ReducerDefinition<z.output<typeof noConfig>> = {
  name: "merge",
  description: "The input with every column that a child adds or changes; of several children the last counts. A child that fails fails the record.",
  tags: ["results"],
  config: noConfig,
  needsAll: true,
  prepare(preparing, _config, results) {
    const columns = mergedColumns(preparing, results);
    if (!columns) return undefined;
    const output = recordType(columns);
    const { input } = preparing;
    const changed = results.map((result) =>
      result.columns.flatMap((column, from) => {
        const isUntouched = input.columns[input.positions.get(column.name) ?? -1]?.identity === column.identity;
        return isUntouched ? [] : [{ from, to: output.positions.get(column.name) ?? -1 }];
      }),
    );
    return {
      output,
      reads: [],
      reduce(record, made) {
        const values = columns.map((_, index) => record.values[index] ?? null);
        for (const [index, { values: given }] of made.entries()) for (const { from, to } of changed[index] ?? []) values[to] = given[from] ?? null;
        return new FlowRecord(output, values);
      },
    };
  },
};
