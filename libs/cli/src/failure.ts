/** Exit codes of `river`. */
export const exitCodes = { done: 0, failed: 1, partly: 2, wrongUse: 64, badConfiguration: 78, interrupted: 130 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** A command that ends here: with a sentence for people and its exit code. */
export class CommandFailure extends Error {
  readonly exitCode: ExitCode;
  constructor(message: string, exitCode: ExitCode = exitCodes.failed) {
    super(message);
    this.name = "CommandFailure";
    this.exitCode = exitCode;
  }
}

export function wrongUse(message: string): CommandFailure {
  return new CommandFailure(message, exitCodes.wrongUse);
}
