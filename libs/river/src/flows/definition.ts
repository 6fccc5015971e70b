import type { Place, RowContext } from "@rivergen/relational";
import type { z } from "zod";
import type { FlowRecord, RecordType } from "./record.ts";

/** Reports what is wrong with a node's parameters; `at` is a JSON Pointer below `config`, `place` is inside the text there. */
export type ReportConfig = (at: string, code: string, message: string, place?: Place) => void;

/** What is known where a node is made ready. */
export interface Preparing {
  /** Records that come in. */
  readonly input: RecordType;
  readonly context: RowContext;
  readonly report: ReportConfig;
}

/** How something reads the records it gets. */
interface Reading {
  /** Columns of its input that it looks into. */
  readonly reads: readonly string[];
}

export interface PreparedProcessor extends Reading {
  readonly output: RecordType;
  readonly run: (record: FlowRecord) => FlowRecord;
}
export interface PreparedPredicate extends Reading {
  readonly test: (record: FlowRecord) => boolean;
}
export interface PreparedCondition extends Reading {
  readonly choose: (record: FlowRecord) => string;
  /** Every key it can answer; undefined: any. */
  readonly values?: readonly string[] | undefined;
}
export interface PreparedReducer extends Reading {
  readonly output: RecordType;
  /** `results` of the children that succeeded, in their order; at least one. */
  readonly reduce: (input: FlowRecord, results: readonly FlowRecord[]) => FlowRecord;
}
export interface PreparedHandler extends Reading {
  /** What goes on in place of a failed record; undefined: the record is set aside. */
  readonly output: RecordType | undefined;
  readonly recover?: (record: FlowRecord) => FlowRecord;
}

/** What every entry says of itself. */
export interface Described {
  readonly name: string;
  readonly description: string;
  readonly tags: readonly string[];
  /** Checks what a node says under `config`. */
  readonly config: z.ZodType;
}

/** How an entry is made ready for records of a type. Undefined after a reported fault. */
interface Definition<Config, Prepared, More extends readonly unknown[] = []> extends Described {
  readonly prepare: (preparing: Preparing, config: Config, ...more: More) => Prepared | undefined;
}

export type ProcessorDefinition<Config = never> = Definition<Config, PreparedProcessor>;
export type PredicateDefinition<Config = never> = Definition<Config, PreparedPredicate>;
export type ConditionDefinition<Config = never> = Definition<Config, PreparedCondition>;
export type HandlerDefinition<Config = never> = Definition<Config, PreparedHandler>;
/** Its children's results are given beside. */
export interface ReducerDefinition<Config = never> extends Definition<Config, PreparedReducer, [results: readonly RecordType[]]> {
  /** Whether one child that failed fails the whole. */
  readonly needsAll: boolean;
}
