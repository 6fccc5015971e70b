import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { createTerminal, type TerminalStreams } from "./terminal.ts";

function createStreams(isTTY: boolean) {
  const writes: string[] = [];
  const stdout = Object.assign(new PassThrough(), { isTTY, columns: 40 });
  stdout.on("data", (chunk: Buffer) => writes.push(chunk.toString()));
  const errors: string[] = [];
  const stderr = new PassThrough();
  stderr.on("data", (chunk: Buffer) => errors.push(chunk.toString()));
  const stdin = Object.assign(new PassThrough(), { isTTY });
  return { streams: { stdin, stdout, stderr } as unknown as TerminalStreams, writes, errors, stdin };
}

const escape = String.fromCharCode(27);

/** A control sequence, and the text behind it. */
function splitSequence(text: string): string[] {
  const end = 2 + text.slice(2).search(/[A-Za-z]/) + 1;
  return [text.slice(0, end), text.slice(end)].filter((part) => part !== "");
}

/** What a terminal of these escapes would show: enough for the ones that are written here. */
function replay(text: string): string[] {
  const screen: string[] = [""];
  let row = 0;
  const csi = "\u001b[";
  for (const part of text.split(new RegExp(`(?=${escape})|(\n|\r)`)).flatMap((piece) => (piece?.startsWith(csi) ? splitSequence(piece) : (piece ?? [])))) {
    const up = part.startsWith(csi) && part.endsWith("A") ? Number(part.slice(csi.length, -1)) : 0;
    if (up > 0) row -= up;
    else if (part === "\n") screen[++row] ??= "";
    else if (part === "\r") continue;
    else if (part === `${csi}K`) continue;
    else if (part === `${csi}J`) screen.length = screen[row] === undefined ? row : row + 1;
    else if (!part.startsWith("\u001b")) screen[row] = part;
  }
  return screen;
}

test("lines are redrawn in place, each frame in one write, and leave nothing behind", () => {
  const { streams, writes } = createStreams(true);
  let time = 0;
  const terminal = createTerminal(streams, { NO_COLOR: "1" }, false, () => time);
  terminal.draw(() => ["first", "second", "third"]);
  time = 100;
  terminal.draw(() => ["FIRST", "x".repeat(100)]);
  assert.equal(writes.length, 2);
  const shown = replay(writes.join(""));
  assert.deepEqual(shown, ["FIRST", `${"x".repeat(38)}…`]);
  terminal.print(["done"]);
  assert.match(writes.join(""), /\[J.*\[\?25hdone\n$/s);
});

test("frames that come too fast are left out", () => {
  const { streams, writes } = createStreams(true);
  const terminal = createTerminal(streams, {}, false);
  let drawn = 0;
  for (let i = 0; i < 1_000; i++)
    terminal.draw(() => {
      drawn += 1;
      return ["x"];
    });
  assert.equal(drawn, writes.length);
  assert.ok(drawn < 5, String(drawn));
  terminal.erase();
});

test("a pipe gets no escapes, no limit of width, and nobody is asked", () => {
  const { streams, writes } = createStreams(false);
  const terminal = createTerminal(streams, {}, false);
  terminal.draw(() => ["never"]);
  terminal.print([terminal.canvas.style.bold("plain")]);
  assert.deepEqual(writes, ["plain\n"]);
  assert.equal(terminal.canvas.width, Number.POSITIVE_INFINITY);
  assert.equal(terminal.interactive, false);
});

test("NO_COLOR and a dumb terminal are respected; colour is used otherwise", () => {
  const styled = (environment: Record<string, string>): string => createTerminal(createStreams(true).streams, environment, false).canvas.style.bold("x");
  assert.equal(styled({ NO_COLOR: "1" }), "x");
  assert.equal(styled({ TERM: "dumb" }), "x");
  assert.equal(styled({ NO_COLOR: "" }), "\u001b[1mx\u001b[22m");
  assert.equal(createTerminal(createStreams(true).streams, { TERM: "dumb" }, false).live, false);
});

test("with --json only answers reach stdout, one a line; notes go to stderr", () => {
  const { streams, writes, errors } = createStreams(true);
  const terminal = createTerminal(streams, {}, true);
  terminal.print(["for people"]);
  terminal.draw(() => ["for people"]);
  terminal.note(["beside"]);
  terminal.answer({ text: "a\nb\u001b" });
  assert.deepEqual(writes, ['{"text":"a\\nb\\u001b"}\n']);
  assert.deepEqual(errors, ["beside\n"]);
  assert.equal(terminal.interactive, false);
});

test("a question is answered by a line; an input that ends answers nothing", async () => {
  const { streams, stdin } = createStreams(true);
  const terminal = createTerminal(streams, {}, false);
  const answer = terminal.ask("> ");
  stdin.write(" 2 \n");
  assert.equal(await answer, "2");
  const unanswered = terminal.ask("> ");
  stdin.end();
  await assert.rejects(unanswered, { message: "nothing was answered" });
});
