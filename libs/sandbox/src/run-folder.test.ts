import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { chmod, mkdir, readFile, readdir, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { AppError } from "@rivergen/contracts";
import { collectOutputs, createRunFolder, linkInputs, sweepRunFolders } from "./run-folder.ts";

const stranger = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
let root: string;

before(() => {
  root = mkdtempSync(join(tmpdir(), "run-folder-"));
});
after(() => rm(root, { recursive: true, force: true }));

test("an input is linked where its rights allow it, else copied for reading only", async () => {
  const folder = await createRunFolder(root, stranger);
  const path = join(root, "original");
  await writeFile(path, "content");
  for (const [mode, linked] of [
    [0o644, true],
    [0o600, false],
    [0o666, false],
  ] as const) {
    await chmod(path, mode);
    const name = mode.toString(8);
    await linkInputs(folder, [{ name, path }], stranger);
    const found = await stat(join(folder.in, name));
    assert.equal(found.ino === (await stat(path)).ino, linked, name);
    if (!linked) assert.equal(found.mode & 0o777, 0o444);
    assert.equal(await readFile(join(folder.in, name), "utf8"), "content");
  }
});

test("a name that leaves the folder is refused", async () => {
  const folder = await createRunFolder(root, undefined);
  for (const name of ["", ".", "..", "../x", "a/b", "a\\b", "a\0b"])
    await assert.rejects(linkInputs(folder, [{ name, path: "/etc/hostname" }], undefined), RangeError);
  assert.deepEqual(await readdir(folder.in), []);
});

test("an input that is not there is said to be gone", async () => {
  const folder = await createRunFolder(root, undefined);
  const gone = linkInputs(folder, [{ name: "orders", path: join(root, "deleted", "orders") }], undefined);
  await assert.rejects(gone, (error: unknown) => error instanceof AppError && error.code === "INPUT_GONE" && error.details["input"] === "orders");
});

test("only plain files count as outputs", async () => {
  const folder = await createRunFolder(root, undefined);
  await writeFile(join(folder.out, "good"), "x");
  await symlink("/etc/passwd", join(folder.out, "link"));
  await mkdir(join(folder.out, "folder"));
  assert.deepEqual(await collectOutputs(folder, undefined), { good: join(folder.out, "good") });
});

test("sweeping spares the living and what is not ours", async () => {
  const own = await createRunFolder(root, undefined);
  for (const name of ["999999999.1.1", `${process.pid}.1.1`, "other"]) await mkdir(join(root, name));
  await sweepRunFolders(root);
  const left = await readdir(root);
  assert.ok(left.includes("other") && (await stat(own.base)).isDirectory());
  assert.ok(!left.includes("999999999.1.1") && !left.includes(`${process.pid}.1.1`));
});
