import type { DataType } from "../types.ts";
import { decimalShape } from "../types.ts";
import { divideRounded, fail, rescale, roundDouble, tenTo, toDecimal, toInteger } from "./value.ts";
import type { Value } from "./value.ts";

/** Works on values none of which is null; what it gives may be null. */
export type Strict = (...values: never[]) => Value;

/** What a call is made of, as far as its meaning depends on it. */
export interface Call {
  readonly template: string;
  readonly types: readonly DataType[];
  readonly result: DataType;
}

/** The meaning of a call; undefined where it is not computed here. */
export type StrictMaker = (call: Call) => Strict | undefined;

const scaleOf = (type: DataType | undefined): number => (type?.kind === "decimal" ? type.scale : 0);
const kindOf = ({ types }: Call): DataType["kind"] | undefined => types[0]?.kind;

const integers: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = { "+": (a, b) => a + b, "-": (a, b) => a - b, "*": (a, b) => a * b };
const doubles: Readonly<Record<string, (a: number, b: number) => number>> = { "+": (a, b) => a + b, "-": (a, b) => a - b, "*": (a, b) => a * b };

/** `+`, `-` and `*` of two numbers of one type. */
export const arithmetic =
  (operator: "+" | "-" | "*"): StrictMaker =>
  (call) => {
    const [left, right] = call.types;
    const whole = integers[operator];
    if (left?.kind === "double" && right?.kind === "double") return doubles[operator];
    if (left?.kind !== "integer" || right?.kind !== "integer" || !whole) return undefined;
    return (a: bigint, b: bigint) => toInteger(whole(a, b));
  };

/** The same of decimals: every place is kept, and too many digits are an error. */
export const decimalArithmetic =
  (operator: "+" | "-" | "*"): StrictMaker =>
  ({ types, result }) => {
    const whole = integers[operator];
    if (!whole) return undefined;
    const { precision, scale } = decimalShape(result);
    const [from, to] = [scaleOf(types[0]), scaleOf(types[1])];
    if (operator === "*") return (a: bigint, b: bigint) => toDecimal(rescale(a * b, from + to, scale), precision);
    return (a: bigint, b: bigint) => toDecimal(whole(rescale(a, from, scale), rescale(b, to, scale)), precision);
  };

const divide: Strict = (a: number, b: number) => (b === 0 ? null : a / b);
const divideWhole: Strict = (a: bigint, b: bigint) => (b === 0n ? null : toInteger(a / b));

const remainder: StrictMaker = (call) => {
  if (kindOf(call) === "double") return (a: number, b: number) => (b === 0 ? null : a % b);
  return (a: bigint, b: bigint) => {
    if (b === 0n) return null;
    toInteger(a / b);
    return a % b;
  };
};

const negate: StrictMaker = (call) => {
  if (kindOf(call) === "integer") return (a: bigint) => toInteger(-a);
  if (kindOf(call) === "decimal") return (a: bigint) => -a;
  return kindOf(call) === "double" ? (a: number) => -a : undefined;
};

const abs: StrictMaker = (call) => {
  if (kindOf(call) === "double") return (a: number) => Math.abs(a);
  return kindOf(call) === "integer" ? (a: bigint) => toInteger(a < 0n ? -a : a) : (a: bigint) => (a < 0n ? -a : a);
};

const sign: Strict = (a: bigint | number) => (a > 0 ? 1n : a < 0 ? -1n : 0n);

const mostDigits = 39;

/** Rounds a decimal to places that may be negative, in the scale of the result. */
function roundDecimal(value: bigint, from: number, places: number, to: number): bigint {
  if (places >= from) return rescale(value, from, to);
  // Farther before the point than any decimal has digits.
  if (from - places > mostDigits) return 0n;
  const rounded = divideRounded(value, tenTo(from - places));
  return places >= to ? rescale(rounded, places, to) : rounded * tenTo(to - places);
}

function roundToPlaces(value: number, places: number): number {
  const factor = 10 ** Math.abs(places);
  const rounded = places < 0 ? roundDouble(value / factor) * factor : roundDouble(value * factor) / factor;
  return Number.isFinite(rounded) ? rounded : places < 0 ? 0 : value;
}

const round: StrictMaker = (call) => {
  const kind = kindOf(call);
  if (kind === "integer") return (a: bigint, places = 0n) => toInteger(roundDecimal(a, 0, Number(places), 0));
  const from = scaleOf(call.types[0]);
  const to = scaleOf(call.result);
  const hasPlaces = call.types.length > 1;
  if (kind === "decimal") {
    return hasPlaces ? (a: bigint, places: bigint) => roundDecimal(a, from, Number(places), to) : (a: bigint) => divideRounded(a, tenTo(from));
  }
  return hasPlaces ? (a: number, places: bigint) => roundToPlaces(a, Number(places)) : (a: number) => roundDouble(a);
};

const floorDivide = (a: bigint, by: bigint): bigint => (a >= 0n || a % by === 0n ? a / by : a / by - 1n);

const toWhole =
  (real: (a: number) => number, decimal: (a: bigint, by: bigint) => bigint): StrictMaker =>
  (call) => {
    const kind = kindOf(call);
    if (kind === "double") return (a: number) => real(a);
    const by = tenTo(scaleOf(call.types[0]));
    return kind === "decimal" ? (a: bigint) => decimal(a, by) : (a: bigint) => a;
  };

const logarithm =
  (log: (a: number) => number): StrictMaker =>
  () =>
  (a: number) => {
    if (a <= 0) throw fail("There is no logarithm of zero or less");
    return log(a);
  };

const root: Strict = (a: number) => {
  if (a < 0) throw fail("There is no square root of a negative number");
  return Math.sqrt(a);
};

export const numberMakers: Readonly<Record<string, StrictMaker>> = {
  "decimal +": decimalArithmetic("+"),
  "decimal -": decimalArithmetic("-"),
  "decimal *": decimalArithmetic("*"),
  "/": () => divide,
  div: () => divideWhole,
  mod: remainder,
  negate,
  abs,
  sign: () => sign,
  round,
  ceil: toWhole(Math.ceil, (a, by) => -floorDivide(-a, by)),
  floor: toWhole(Math.floor, floorDivide),
  trunc: toWhole(Math.trunc, (a, by) => a / by),
  sqrt: () => root,
  exp: () => (a: number) => Math.exp(a),
  ln: logarithm(Math.log),
  log10: logarithm(Math.log10),
  log2: logarithm(Math.log2),
  power: () => (a: number, b: number) => a ** b,
};
