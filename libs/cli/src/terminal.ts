import { createInterface } from "node:readline";
import type { ReadStream, WriteStream } from "node:tty";
import { type Canvas, createStyle } from "./render/style.ts";
import { fit } from "./render/text.ts";
import { CommandFailure, exitCodes } from "./failure.ts";

/** Where a command writes and from where it is answered. */
export interface Terminal {
  /** Where results are shown: the terminal's width, or no limit in a pipe. */
  readonly canvas: Canvas;
  /** Whether a person can be asked. */
  readonly interactive: boolean;
  /** Whether lines can be redrawn. */
  readonly live: boolean;
  /** Whether only JSON is written to stdout. */
  readonly json: boolean;
  /** Lines for people; nothing with `--json`. */
  print(lines: readonly string[]): void;
  /** Lines beside the result, on stderr: advice, state. */
  note(lines: readonly string[]): void;
  /** One REST answer on a line; only with `--json`. */
  answer(value: unknown): void;
  /** Replaces the lines drawn last; at most some ten times a second. */
  draw(lines: () => readonly string[]): void;
  /** Removes what was drawn. */
  erase(): void;
  /** Asks for a line. @throws CommandFailure when the input has ended */
  ask(question: string): Promise<string>;
}

export interface TerminalStreams {
  readonly stdin: ReadStream | NodeJS.ReadStream;
  readonly stdout: WriteStream | NodeJS.WriteStream;
  readonly stderr: NodeJS.WritableStream;
}

const frameMs = 80;
const csi = "\u001b[";

/** Creates the terminal of one command. `NO_COLOR` and `TERM=dumb` are respected; `now` is in milliseconds. */
export function createTerminal(
  { stdin, stdout, stderr }: TerminalStreams,
  environment: Readonly<Record<string, string | undefined>>,
  json: boolean,
  now: () => number = () => performance.now(),
): Terminal {
  const isTerminal = stdout.isTTY === true && !json;
  const dumb = environment["TERM"] === "dumb";
  const style = createStyle(isTerminal && !dumb && !environment["NO_COLOR"]);
  const area = createArea(stdout, now);
  const canvas: Canvas = {
    style,
    get width() {
      return isTerminal ? Math.max(20, stdout.columns ?? 80) : Number.POSITIVE_INFINITY;
    },
  };
  return {
    canvas,
    interactive: isTerminal && stdin.isTTY === true,
    live: isTerminal && !dumb,
    json,
    print: (lines) => {
      if (json || lines.length === 0) return;
      area.erase();
      stdout.write(`${lines.join("\n")}\n`);
    },
    note: (lines) => {
      area.erase();
      stderr.write(`${lines.join("\n")}\n`);
    },
    answer: (value) => {
      if (json) stdout.write(`${JSON.stringify(value)}\n`);
    },
    draw: (lines) => {
      if (isTerminal && !dumb) area.draw(() => lines().map((line) => fit(line, canvas.width - 1)));
    },
    erase: () => area.erase(),
    ask: (question) => askLine(stdin, stdout, question),
  };
}

/** Lines that are drawn again in place: in one write, each line to its end, so that nothing flickers. */
function createArea(stdout: TerminalStreams["stdout"], now: () => number) {
  let rows = 0;
  let drawnAt = Number.NEGATIVE_INFINITY;
  const showCursor = (): void => void stdout.write(`${csi}?25h`);
  const toTop = (): string => (rows > 1 ? `${csi}${rows - 1}A\r` : "\r");
  return {
    draw: (lines: () => readonly string[]): void => {
      if (rows > 0 && now() - drawnAt < frameMs) return;
      drawnAt = now();
      const text = lines();
      if (rows === 0) process.once("exit", showCursor);
      stdout.write(`${csi}?2026h${csi}?25l${rows > 0 ? toTop() : ""}${text.map((line) => `${line}${csi}K`).join("\n")}${csi}J${csi}?2026l`);
      rows = text.length;
    },
    erase: (): void => {
      if (rows === 0) return;
      stdout.write(`${toTop()}${csi}J${csi}?25h`);
      process.off("exit", showCursor);
      rows = 0;
      drawnAt = Number.NEGATIVE_INFINITY;
    },
  };
}

function askLine(stdin: TerminalStreams["stdin"], stdout: TerminalStreams["stdout"], question: string): Promise<string> {
  const reader = createInterface({ input: stdin, output: stdout });
  return new Promise((resolve, reject) => {
    let answered = false;
    reader.question(question, (line) => {
      answered = true;
      reader.close();
      resolve(line.trim());
    });
    reader.once("SIGINT", () => reader.close());
    reader.once("close", () => {
      if (!answered) reject(new CommandFailure("nothing was answered", exitCodes.interrupted));
    });
  });
}
