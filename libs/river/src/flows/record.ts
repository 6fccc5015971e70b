import type { DataType, Row, RowColumn } from "@rivergen/relational";
import { printType } from "@rivergen/relational";

/** A column of records at one place of a flow. */
export interface RecordColumn extends RowColumn {
  /** The column of the flow's input that it still is, untouched; absent once something was done to it. */
  readonly origin?: string;
  /** Whose value it is: the same wherever the value was only passed on. */
  readonly identity: symbol;
}

/** What all records at one place of a flow have in common: their columns, in the order of their values. */
export interface RecordType {
  readonly columns: readonly RecordColumn[];
  readonly positions: ReadonlyMap<string, number>;
}

export function recordType(columns: readonly RecordColumn[]): RecordType {
  return { columns, positions: new Map(columns.map(({ name }, index) => [name, index])) };
}

/** The type of records that come into a flow. */
export function inputType(columns: readonly { readonly name: string; readonly type: DataType; readonly nullable: boolean }[]): RecordType {
  return recordType(columns.map(({ name, type, nullable }) => ({ name, type, nullable, origin: name, identity: Symbol(name) })));
}

/**
 * A record on its way through a flow. It never changes: processors give new ones. A class, so that nodes with several
 * readers share it in place of copying it (docs/adr/0006).
 */
export class FlowRecord {
  readonly type: RecordType;
  readonly values: Row;

  constructor(type: RecordType, values: Row) {
    this.type = type;
    this.values = values;
  }
}

/** Spells a column as messages do. */
export const describeColumn = ({ name, type }: RecordColumn): string => `${name} ${printType(type)}`;
