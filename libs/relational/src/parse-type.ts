import type { Cursor } from "./cursor.ts";
import { accept, expect, isNext, nested, openCursor, peek, refuse, suggestion, take } from "./cursor.ts";
import type { ExpressionFault } from "./fault.ts";
import { placeAt, Refusal } from "./fault.ts";
import type { DataType, StructField } from "./types.ts";
import { simpleTypes, types } from "./types.ts";

/** Words other systems use, and ours. */
const foreignNames = new Map<string, string>(Object.entries({
  int: "integer", bigint: "integer", smallint: "integer", tinyint: "integer", int8: "integer", int4: "integer", int64: "integer", long: "integer",
  float: "double", real: "double", float8: "double", number: "double", varchar: "string", text: "string", char: "string", bool: "boolean",
  numeric: "decimal(18,2)", datetime: "timestamp", blob: "binary", bytea: "binary", bytes: "binary", array: "list<string>", record: "struct<name: string>",
})); // prettier-ignore

function readCount(cursor: Cursor): number {
  if (peek(cursor).kind !== "integer") refuse(cursor, "a whole number");
  return Number(take(cursor).text);
}

function readDecimal(cursor: Cursor, at: number): DataType {
  if (!accept(cursor, "(")) throw new Refusal("INVALID_TYPE", "decimal needs its precision and scale, as decimal(18,2)", at);
  const precision = readCount(cursor);
  expect(cursor, ",");
  const scale = readCount(cursor);
  expect(cursor, ")");
  if (precision < 1 || precision > 38 || scale > precision) {
    throw new Refusal("INVALID_TYPE", "decimal(p,s) takes p from 1 to 38 and s from 0 to p", at);
  }
  return types.decimal(precision, scale);
}

function readFields(cursor: Cursor): StructField[] {
  const fields: StructField[] = [];
  do {
    const name = peek(cursor);
    if (name.kind !== "word" && name.kind !== "quoted") refuse(cursor, "the name of a field");
    take(cursor);
    expect(cursor, ":");
    if (fields.some((field) => field.name.toLowerCase() === name.text.toLowerCase())) {
      throw new Refusal("INVALID_TYPE", `the field ${name.text} stands twice`, name.offset);
    }
    fields.push({ name: name.text, type: readType(cursor) });
  } while (accept(cursor, ","));
  return fields;
}

/** Reads a type at the cursor. @throws Refusal with `INVALID_TYPE` or `EXPRESSION_SYNTAX` */
export function readType(cursor: Cursor): DataType {
  return nested(cursor, () => {
    if (peek(cursor).kind !== "word") refuse(cursor, "a type");
    const token = take(cursor);
    const found = simpleTypes.find((name) => name === token.key);
    if (found) return { kind: found };
    if (token.key === "decimal") return readDecimal(cursor, token.offset);
    if (token.key === "list" && isNext(cursor, "<")) {
      take(cursor);
      const element = readType(cursor);
      expect(cursor, ">");
      return types.list(element);
    }
    if (token.key === "struct" && isNext(cursor, "<")) {
      take(cursor);
      const fields = readFields(cursor);
      expect(cursor, ">");
      return { kind: "struct", fields };
    }
    const known = foreignNames.get(token.key);
    const hint = known ? `; write ${known}` : suggestion(token.text, [...simpleTypes, "decimal(18,2)", "list<string>"]);
    throw new Refusal("INVALID_TYPE", `there is no type ${token.text}${hint}`, token.offset);
  });
}

export type TypeReading = { readonly ok: true; readonly type: DataType } | { readonly ok: false; readonly fault: ExpressionFault };

/** Parses a type as documents spell it. Faults: `INVALID_TYPE`, `EXPRESSION_SYNTAX`, `EXPRESSION_TOO_LARGE`. */
export function parseType(text: string): TypeReading {
  try {
    const cursor = openCursor(text);
    const type = readType(cursor);
    if (peek(cursor).kind !== "end") refuse(cursor, "the end of the type");
    return { ok: true, type };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { ok: false, fault: { code: error.code, message: error.message, place: placeAt(text, error.offset) } };
  }
}
