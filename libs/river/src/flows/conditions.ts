import { AppError } from "@rivergen/contracts";
import { lookUp, pointer, printText, types } from "@rivergen/relational";
import { z } from "zod";
import { expressionConfig, prepareDerived, readExpression, derivedConfig } from "./columns.ts";
import type { ConditionDefinition, HandlerDefinition, PredicateDefinition, ProcessorDefinition } from "./definition.ts";
import { FlowRecord, recordType } from "./record.ts";

const requireConfig = z.strictObject({ columns: z.array(z.string().min(1).max(255)).min(1).max(2_000).describe("columns that must have a value") });

const failed = (detail: string): AppError => new AppError("STEP_FAILED", { detail });

export const require: ProcessorDefinition<z.output<typeof requireConfig>> = {
  name: "require",
  description: "Fails a record in which one of these columns is null.",
  tags: ["checks"],
  config: requireConfig,
  prepare({ input, report }, { columns }) {
    const found = columns.flatMap((name, index) => {
      const column = lookUp(input.columns, name);
      if ("found" in column) return [column.found.name];
      report(pointer("/columns", index), column.code, column.message);
      return [];
    });
    if (found.length < columns.length) return undefined;
    const output = recordType(input.columns.map((column) => (found.includes(column.name) ? { ...column, nullable: false } : column)));
    const places = found.map((name) => ({ name, place: input.positions.get(name) ?? -1 }));
    return {
      output,
      reads: found,
      run({ values }) {
        for (const { name, place } of places) if (values[place] === null) throw failed(`The column ${name} has no value`);
        return new FlowRecord(output, values);
      },
    };
  },
};

const failConfig = z.strictObject({
  message: z.string().min(1).max(500).describe("what the failure says; no value of the record is put into it"),
  when: expressionConfig.optional().describe("a condition; default: always"),
});

export const fail: ProcessorDefinition<z.output<typeof failConfig>> = {
  name: "fail",
  description: "Fails a record, always or where a condition is true.",
  tags: ["checks"],
  config: failConfig,
  prepare(preparing, { message, when }) {
    const { input } = preparing;
    const condition = readExpression(preparing, "/when", when ?? true, types.boolean);
    return (
      condition && {
        output: input,
        reads: condition.reads,
        run(record) {
          if (condition.evaluate(record.values) === true) throw failed(message);
          return record;
        },
      }
    );
  },
};

const whereConfig = z.strictObject({ expression: expressionConfig });

export const where: PredicateDefinition<z.output<typeof whereConfig>> = {
  name: "where",
  description: "Whether a condition is true of the record; null is not true.",
  tags: ["conditions"],
  config: whereConfig,
  prepare(preparing, { expression }) {
    const found = readExpression(preparing, "/expression", expression, types.boolean);
    return found && { reads: found.reads, test: ({ values }) => found.evaluate(values) === true };
  },
};

const valueConfig = z.strictObject({
  expression: expressionConfig,
  values: z.array(z.string()).min(1).max(1_000).optional().describe("every value it can have, as text; routes are checked against them"),
});

export const value: ConditionDefinition<z.output<typeof valueConfig>> = {
  name: "value",
  description: "The value of an expression, as text: the key of a route. Null has no route, so it takes the default.",
  tags: ["conditions"],
  config: valueConfig,
  prepare(preparing, { expression, values }) {
    const found = readExpression(preparing, "/expression", expression);
    if (!found) return undefined;
    if (!["string", "boolean", "integer", "decimal", "date"].includes(found.type.kind)) {
      preparing.report("/expression", "TYPE_MISMATCH", `routes go by texts, truth values, whole numbers, decimals and dates, not ${found.type.kind}: cast it`);
      return undefined;
    }
    return {
      reads: found.reads,
      values,
      choose(record) {
        const key = found.evaluate(record.values);
        return key === null ? "" : printText(found.type, key);
      },
    };
  },
};

const noConfig = z.strictObject({});

export const deadLetter: HandlerDefinition<z.output<typeof noConfig>> = {
  name: "dead-letter",
  description:
    "Sets the failed record aside: it is in no result, a run keeps it beside its outputs with the reason, and goes on. Nodes around it see the failure first.",
  tags: ["errors"],
  config: noConfig,
  prepare: () => ({ output: undefined, reads: [] }),
};

export const pass: HandlerDefinition<z.output<typeof noConfig>> = {
  name: "pass",
  description: "The record goes on as it was before the failed child.",
  tags: ["errors"],
  config: noConfig,
  prepare: ({ input }) => ({ output: input, reads: [], recover: (record) => record }),
};

export const deriveInstead: HandlerDefinition<z.output<typeof derivedConfig>> = {
  name: "derive",
  description: "The record goes on as it was before the failed child, with columns added or replaced by expressions.",
  tags: ["errors"],
  config: derivedConfig,
  prepare(preparing, config) {
    const made = prepareDerived(preparing, config);
    return made && { output: made.output, reads: made.reads, recover: made.run };
  },
};
