import type { DataType } from "../types.ts";
import type { Value } from "./value.ts";

/** Orders two values that are not null: less than, equal to or greater than 0. */
export type Compare = (left: never, right: never) => number;

const order = (left: bigint | number | boolean, right: bigint | number | boolean): number => (left < right ? -1 : left > right ? 1 : 0);

/** NaN equals itself and is greater than every number. */
function orderDoubles(left: number, right: number): number {
  if (left < right) return -1;
  if (left > right) return 1;
  if (left === right) return 0;
  return Number(Number.isNaN(left)) - Number(Number.isNaN(right));
}

/** Places halves of surrogate pairs after all other units, so that UTF-16 is ordered as code points are. */
const rankOf = (unit: number): number => (unit >= 0xe000 ? unit - 0x800 : unit >= 0xd800 ? unit + 0x2000 : unit);

/** Orders texts by code points. */
export function orderTexts(left: string, right: string): number {
  if (left === right) return 0;
  const length = Math.min(left.length, right.length);
  for (let at = 0; at < length; at += 1) {
    const a = left.charCodeAt(at);
    const b = right.charCodeAt(at);
    if (a !== b) return rankOf(a) - rankOf(b);
  }
  return left.length - right.length;
}

/** How values of a type are ordered. */
export function compareOf(type: DataType): (left: Value, right: Value) => number {
  const compare: Compare = type.kind === "string" ? orderTexts : type.kind === "double" ? orderDoubles : order;
  return compare as (left: Value, right: Value) => number;
}
