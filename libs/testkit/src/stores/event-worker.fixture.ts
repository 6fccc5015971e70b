// A process that emits and consumes until it is killed: the victim of event-fabric.integration.test.ts.
// Arguments: URLs of both schemas as JSON, what to do, prefix of its keys.
import { createDatabase, createListener } from "@rivergen/database";
import type { SchemaUrls } from "@rivergen/database";
import { createPostgresFabric } from "@rivergen/event-fabric";
import { eventually } from "../eventually.ts";

const [urls, role, prefix] = [JSON.parse(process.argv[2] ?? "") as Record<"fabric" | "crash", SchemaUrls>, process.argv[3], process.argv[4] ?? ""];
const database = createDatabase({ ...urls.crash });
const fabric = createPostgresFabric({
  database: createDatabase({ ...urls.fabric }),
  listener: createListener({ url: urls.fabric.systemUrl }),
  leaseMs: 400,
  pollMs: 100,
});
const outbox = fabric.outbox({ schema: "crash", source: "/crash" });

if (role === "consume" || role === "poison") {
  fabric.consume({
    group: role,
    topics: ["crash.noun.v1"],
    schema: "crash",
    database,
    concurrency: 4,
    async handler(tx, { key, id, data, workspaceId }) {
      const { seq } = data as { seq: number };
      if (role === "poison" && seq === 13) process.kill(process.pid, "SIGKILL");
      await tx.rows("insert into crash.effects (workspace_id, group_name, message_id, key, seq) values ($1, $2, $3, $4, $5)", [
        workspaceId,
        role,
        id,
        key,
        seq,
      ]);
    },
  });
  process.stdout.write("ready\n");
} else {
  // Says each number on its output once it is committed, four keys side by side.
  const keys = ["a", "b", "c", "d"].map(async (name) => {
    for (let seq = 0; ; seq += 1) {
      const event = {
        id: `evt_${prefix}${name}_${seq}`,
        topic: "crash.noun.v1",
        key: prefix + name,
        type: "noun.done",
        subject: name,
        workspaceId: "wsp_1",
        data: { seq },
      };
      // The outcome of a commit may be unknown; the same id makes the second try harmless.
      await eventually(() => database.inWorkspace("wsp_1", (tx) => outbox.emit(tx, event)), { withinMs: 60_000 });
      process.stdout.write(`${prefix}${name} ${seq}\n`);
    }
  });
  await Promise.all(keys);
}
