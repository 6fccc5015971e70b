import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";

const run = promisify(execFile);
const bin = join(import.meta.dirname, "..", "..", "bin", "river.js");

test("what docs/flows.md shows of the command line is what it does", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "river-flow-docs-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const page = await readFile(join(import.meta.dirname, "../../../../docs/flows.md"), "utf8");
  const section = page.slice(page.indexOf("### In the command line"), page.indexOf("## Nodes"));
  const blocks = [...section.matchAll(/^```(\w+)\n([^]*?)^```$/gm)].map(([, language = "", text = ""]) => ({ language, text }));
  for (const { text } of blocks) {
    const name = /^(?:#|\/\/) (\S+)\n/.exec(text)?.[1];
    if (name === undefined) continue;
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  await writeFile(join(folder, "orders.ndjson"), blocks.find(({ language }) => language === "json")?.text ?? "");
  const told = blocks.find(({ language }) => language === "console")?.text ?? "";
  let shown = "";
  for (const [, command = ""] of told.matchAll(/^\$ (.+)$/gm)) {
    const { stdout } = await run("sh", ["-c", command.replace(/^river /, `"${process.execPath}" "${bin}" `)], { cwd: folder });
    shown += `$ ${command}\n${stdout}`;
  }
  assert.equal(shown, told);
});
