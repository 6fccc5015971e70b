import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RiverDocument } from "@rivergen/contracts";
import { stringify } from "yaml";
import { CommandFailure } from "../failure.ts";

/** A document as people write it. */
export function toYaml(document: RiverDocument): string {
  return stringify(document, { lineWidth: 120 });
}

/**
 * Opens a document in `$VISUAL` or `$EDITOR` (else vi).
 * @returns its text, or undefined when it was left as it was
 */
export async function editDocument(document: RiverDocument, text: string = toYaml(document)): Promise<string | undefined> {
  const editor = process.env["VISUAL"] || process.env["EDITOR"] || "vi";
  const folder = await mkdtemp(join(tmpdir(), "river-"));
  const path = join(folder, `${document.river}.yaml`);
  try {
    await writeFile(path, text, { mode: 0o600 });
    const child = spawn("sh", ["-c", `${editor} "$1"`, "sh", path], { stdio: "inherit" });
    const [code] = (await once(child, "exit")) as [number | null];
    if (code !== 0) throw new CommandFailure(`the editor (${editor}) ended with ${code ?? "a signal"}`);
    const edited = await readFile(path, "utf8");
    return edited === toYaml(document) ? undefined : edited;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
