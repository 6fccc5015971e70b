import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { startProcess } from "@rivergen/service-kit";
import { services } from "./services.ts";

const main = fileURLToPath(new URL("main.ts", import.meta.url));
type Database = Parameters<NonNullable<Parameters<typeof startProcess>[0]["wrapDatabase"]>>[0];
let home: string;
before(async () => {
  home = await mkdtemp(join(tmpdir(), "rivergen-letters-"));
});
after(() => rm(home, { recursive: true, force: true }));

const command = async (...args: string[]): Promise<string> =>
  (
    await promisify(execFile)(process.execPath, [main, "dead-letters", ...args], {
      env: { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "", RIVERGEN_HOME: home },
    })
  ).stdout;

test("messages that were given up are listed without their data, and given back to their group", async () => {
  const databases: Database[] = [];
  const running = await startProcess({
    definitions: services,
    environment: { RIVERGEN_HOME: home, PORT: "0", LOG_LEVEL: "silent", LOCAL_OWNER: "0" },
    wrapDatabase: (database) => {
      databases.push(database);
      return database;
    },
  });
  try {
    assert.equal(await command(), "no message was given up\n");
    for (const database of new Set(databases))
      await database
        .inSystem((tx) =>
          tx.rows(`insert into backend_core.dead_letters (group_name, id, topic, key, type, source, subject, workspace_id, time, data, position, tries, cause)
            values ('elsewhere', 'evt_lost', 'storage.file.v1', 'k', 'file.stored', '/storage', 'fil_1', null, now(), '{"path":"secret.csv"}', 1, 3, '{"name":"Error","message":"it broke"}') on conflict do nothing`),
        )
        .catch(() => undefined);
    const listed = await command();
    assert.match(listed, /elsewhere {3}evt_lost {3}file\.stored {3}fil_1 {3}3 tries {3}it broke/);
    assert.doesNotMatch(listed, /secret/);
    assert.equal(await command("replay", "elsewhere", "evt_other"), "0 messages given back to elsewhere\n");
    assert.equal(await command("replay", "elsewhere"), "1 message given back to elsewhere\n");
    assert.equal(await command(), "no message was given up\n");
  } finally {
    await running.stop();
  }
});
