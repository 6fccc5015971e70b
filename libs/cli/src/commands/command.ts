import type { Command } from "commander";
import type { Context } from "../context.ts";
import type { ExitCode } from "../failure.ts";
import type { Journey } from "../journeys/run.ts";

/** What a command does: its arguments in order, then its options; gives the exit code. */
export type Action<Options> = (context: Context, args: readonly (string | string[] | undefined)[], options: Options) => Promise<ExitCode>;

/** Adds a command: its words, what it does, and examples for its help. */
export type Register = <Options>(command: Command, examples: readonly string[], action: Action<Options>) => void;

/** The text of an argument that commander has made sure of. */
export function argument(args: readonly (string | string[] | undefined)[], at: number): string {
  return String(args[at]);
}

/** A signed-in journey on this context's terminal. */
export async function openJourney(context: Context): Promise<Journey> {
  return { terminal: context.terminal, client: await context.client(), signal: context.signal };
}

/** For options that may be given several times. */
export function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}
