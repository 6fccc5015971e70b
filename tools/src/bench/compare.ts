import { execFileSync } from "node:child_process";
import { loadavg } from "node:os";
import { root } from "../root.ts";

/** What a benchmark ends with: one row of ours beside its peer, measured in the same run. */
export interface BenchResult {
  readonly name: string;
  /** Median over the rounds, in `unit`. */
  readonly ours: number;
  readonly peer: number;
  readonly peerName: string;
  /** Median of the rounds' ratios, ours ÷ peer in cost: at most 1 is better. */
  readonly ratio: number;
  readonly ratioMin: number;
  readonly ratioMax: number;
  readonly unit: string;
  /** How often both were measured, in turn. */
  readonly rounds: number;
  readonly versions: Readonly<Record<string, string>>;
  /** Load average of the machine over a minute, before and after. */
  readonly load: { readonly before: number; readonly after: number };
}

/** Two ways to do the same, each giving its cost in `unit`. */
export interface Comparison {
  readonly name: string;
  readonly unit: string;
  readonly peerName: string;
  /** At least 3. */
  readonly rounds: number;
  readonly versions: Readonly<Record<string, string>>;
  ours(): Promise<number>;
  peer(): Promise<number>;
}

/** The middle of some numbers; of an even count, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** Milliseconds that some work takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

const round = (value: number): number => Number(value.toPrecision(4));

/** Measures A B A B …, so that what else the machine does weighs on both alike. */
export async function compare({ name, unit, peerName, rounds, versions, ours, peer }: Comparison): Promise<BenchResult> {
  const before = loadavg()[0] ?? 0;
  const measured: { readonly ours: number; readonly peer: number }[] = [];
  for (let number = 1; number <= rounds; number += 1) {
    const one = { ours: await ours(), peer: await peer() };
    measured.push(one);
    console.log(`round ${number}   ours ${round(one.ours)} ${unit}   ${peerName} ${round(one.peer)} ${unit}   ratio ${round(one.ours / one.peer)}`);
  }
  const ratios = measured.map((one) => one.ours / one.peer);
  return {
    name,
    ours: round(median(measured.map((one) => one.ours))),
    peer: round(median(measured.map((one) => one.peer))),
    peerName,
    ratio: round(median(ratios)),
    ratioMin: round(Math.min(...ratios)),
    ratioMax: round(Math.max(...ratios)),
    unit,
    rounds,
    versions: { node: process.versions.node, commit: commit(), ...versions },
    load: { before: round(before), after: round(loadavg()[0] ?? 0) },
  };
}

function commit(): string {
  try {
    return execFileSync("git", ["rev-parse", "--short", "HEAD"], { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return "unknown";
  }
}
