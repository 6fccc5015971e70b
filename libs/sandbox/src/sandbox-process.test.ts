import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, readlinkSync } from "node:fs";
import { chmod, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { listRungs } from "./ladder.ts";
import type { Rung } from "./ladder.ts";
import { linkInputs } from "./run-folder.ts";
import { openProcess } from "./sandbox-process.ts";
import type { SandboxProcess } from "./sandbox-process.ts";

const MEBIBYTE = 1024 ** 2;

async function withChild(rung: Rung, use: (child: SandboxProcess, folder: string) => Promise<void>): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), "sandbox-"));
  await chmod(folder, 0o711);
  try {
    const options = { root: folder, memoryBytes: 256 * MEBIBYTE, threads: 1, tempBytes: 64 * MEBIBYTE, outputBytes: 32 * MEBIBYTE };
    const child = await openProcess(rung, options, new AbortController().signal).catch(() => undefined);
    if (child === undefined) return false;
    try {
      await use(child, folder);
    } finally {
      await child.dispose();
    }
    return true;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

for (const [index, rung] of listRungs(process.execPath).rungs.entries()) {
  test(`${index} ${rung.name} (${rung.mechanisms.join(", ")}): the child has what is promised and no more`, async (context) => {
    const has = (mechanism: string): boolean => rung.mechanisms.includes(mechanism);
    const opened = await withChild(rung, async (child, folder) => {
      const read = (name: string): string => readFileSync(`/proc/${child.pid}/${name}`, "utf8");
      assert.deepEqual(
        read("environ")
          .split("\0")
          .filter(Boolean)
          .filter((entry) => !entry.startsWith("PWD=")),
        ["TZ=UTC"],
      );
      const status = read("status");
      const limits = read("limits");
      if (has("own-user")) assert.match(status, /^Uid:\s+[1-9]\d{3,}/m);
      if (has("own-user") || has("bwrap")) assert.match(status, /^CapEff:\s+0+$/m);
      if (has("parent-death-signal")) assert.match(status, /^NoNewPrivs:\s+1$/m);
      if (has("prlimit")) {
        assert.match(limits, /^Max core file size\s+0 /m);
        assert.match(limits, new RegExp(`^Max file size\\s+${64 * MEBIBYTE} `, "m"));
        const data = Number(/^Max data size\s+(\d+)/m.exec(limits)?.[1]);
        assert.ok(data > 256 * MEBIBYTE && data < 3_000 * MEBIBYTE, `data is bounded at ${data}`);
      }
      if (has("bwrap"))
        for (const name of ["net", "pid", "mnt", "ipc", "user"])
          assert.notEqual(readlinkSync(`/proc/${child.pid}/ns/${name}`), readlinkSync(`/proc/self/ns/${name}`), name);

      const original = join(folder, "original");
      await writeFile(original, "of the tenant", { mode: 0o644 });
      await linkInputs(child.folder, [{ name: "data", path: original }], child.owner);
      const linked = join(child.folder.in, "data");
      assert.equal((await stat(linked)).ino, (await stat(original)).ino);
      if (has("own-user")) assert.notEqual((await stat(child.folder.in)).uid, child.owner?.uid);
      if (has("bwrap")) assert.match(read("mountinfo"), new RegExp(` ${child.folder.in} ro,`));
    });
    if (!opened) context.skip("this machine does not allow it");
  });
}
