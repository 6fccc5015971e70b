import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { ensureDatabase, listUnprotectedTables } from "./bootstrap.ts";
import type { SchemaUrls } from "./bootstrap.ts";
import { createDatabase } from "./database.ts";
import type { Database } from "./database.ts";
import { isUniqueViolation } from "./errors.ts";
import { migrate } from "./migrate.ts";

export interface PostgresUnderTest {
  /** Of an administrator; the database it names may be written to. */
  readonly adminUrl: string;
  readonly secret: string;
  /** Leads the roles' URLs through a pooler. */
  pooled?(url: string): string;
  destroy(): Promise<void>;
}

const SCHEMA = "conformance";

const TABLES = `
  create table ${SCHEMA}.notes (id text primary key, workspace_id text not null, body text);
  select rivergen.tenant_table('${SCHEMA}.notes');
  create table ${SCHEMA}.people (id text primary key);
  select rivergen.shared_table('${SCHEMA}.people');`;

/** What every way to a Postgres must do: transactions, isolation of workspaces, values. */
export function describeDatabaseConformance(name: string, create: () => Promise<PostgresUnderTest>): void {
  describe(`database: ${name}`, () => {
    let server: PostgresUnderTest;
    let database: Database;
    before(async () => {
      server = await create();
      const urls = (await ensureDatabase({ ...server, schemas: [SCHEMA] }))[SCHEMA] as SchemaUrls;
      await migrate({ adminUrl: server.adminUrl, schema: SCHEMA, before: [{ name: "tables", sql: TABLES }] });
      const pooled = server.pooled ?? ((url: string) => url);
      database = createDatabase({ url: pooled(urls.url), systemUrl: pooled(urls.systemUrl), max: 5, systemMax: 2 });
    });
    after(async () => {
      await database.close();
      await server.destroy();
    });
    const put = (workspaceId: string, id: string, body = "") =>
      database.inWorkspace(workspaceId, (tx) => tx.rows(`insert into ${SCHEMA}.notes values ($1, $2, $3)`, [id, workspaceId, body]));
    const idsIn = (workspaceId: string) =>
      database.inWorkspace(workspaceId, async (tx) => (await tx.rows<{ id: string }>(`select id from ${SCHEMA}.notes order by id`)).map(({ id }) => id));

    test("work commits when it resolves and leaves nothing when it throws", async () => {
      await put("wsp_commit", "commit-1");
      const failing = database.inWorkspace("wsp_commit", async (tx) => {
        await tx.rows(`insert into ${SCHEMA}.notes values ('commit-2', 'wsp_commit')`);
        throw new Error("changed my mind");
      });
      await assert.rejects(failing, /changed my mind/);
      assert.deepEqual(await idsIn("wsp_commit"), ["commit-1"]);
    });

    test("afterCommit is called after a commit only", async () => {
      const called: string[] = [];
      await database.inWorkspace("wsp_after", async (tx) => tx.afterCommit(() => called.push("committed")));
      const failing = database.inWorkspace("wsp_after", async (tx) => {
        tx.afterCommit(() => called.push("rolled back"));
        throw new Error("no");
      });
      await assert.rejects(failing, /no/);
      assert.deepEqual(called, ["committed"]);
    });

    test("a swallowed error cannot pass for a commit", async () => {
      const swallowing = database.inWorkspace("wsp_swallow", async (tx) => {
        await tx.rows(`insert into ${SCHEMA}.notes values ('swallow-1', 'wsp_swallow')`);
        await tx.rows("select 1/0").catch(() => {});
      });
      await assert.rejects(swallowing, { code: "INTERNAL" });
      assert.deepEqual(await idsIn("wsp_swallow"), []);
    });

    test("a transaction that has ended takes no more statements", async () => {
      let rows: (() => Promise<unknown>) | undefined;
      await database.inWorkspace("wsp_ended", async (tx) => void (rows = () => tx.rows("select 1")));
      await assert.rejects(async () => rows?.(), { code: "INTERNAL" });
    });

    test("a workspace sees and writes its own rows only, without any filter in the statement", async () => {
      await put("wsp_a", "own-a", "secret of a");
      await put("wsp_b", "own-b");
      assert.deepEqual(await idsIn("wsp_b"), ["own-b"]);
      assert.deepEqual(await database.inShared((tx) => tx.rows(`select id from ${SCHEMA}.notes`)), []);
      const foreign = [
        "update {} set body = 'x' where id = 'own-a' returning id",
        "delete from {} where id = 'own-a' returning id",
        "update {} set workspace_id = 'wsp_b' where id = 'own-a' returning id",
      ];
      for (const sql of foreign) assert.deepEqual(await database.inWorkspace("wsp_b", (tx) => tx.rows(sql.replace("{}", `${SCHEMA}.notes`))), [], sql);
      const planting = [`insert into ${SCHEMA}.notes values ('planted', 'wsp_a')`, `update ${SCHEMA}.notes set workspace_id = 'wsp_a' where id = 'own-b'`];
      for (const sql of planting)
        await assert.rejects(
          database.inWorkspace("wsp_b", (tx) => tx.rows(sql)),
          /row-level security/,
          sql,
        );
      const all = await database.inSystem((tx) => tx.rows<{ id: string }>(`select id from ${SCHEMA}.notes where id like 'own-%' order by id`));
      assert.deepEqual(all, [{ id: "own-a" }, { id: "own-b" }]);
    });

    test("the app role can neither lift its limits nor change tables", async () => {
      const attempts = [
        `alter table ${SCHEMA}.notes disable row level security`,
        `alter table ${SCHEMA}.notes no force row level security`,
        `drop policy workspace on ${SCHEMA}.notes`,
        `truncate ${SCHEMA}.notes`,
        `create table ${SCHEMA}.own (id int)`,
        "create table public.own (id int)",
        "set role rivergen_owner",
        `set role ${SCHEMA}_system`,
        `select * from ${SCHEMA}.migrations`,
        "select pg_read_file('/etc/hostname')",
        "copy (select 1) to program 'true'",
      ];
      for (const sql of attempts)
        await assert.rejects(
          database.inWorkspace("wsp_a", (tx) => tx.rows(sql)),
          { code: /^(42501|0LP01|22023)$/ },
          sql,
        );
      await assert.rejects(
        database.inWorkspace("wsp_a", async (tx) => {
          await tx.rows("set local row_security = off");
          return tx.rows(`select id from ${SCHEMA}.notes`);
        }),
        /row-level security/,
      );
    });

    test("law: over shared connections no transaction ever sees another workspace", async () => {
      const workspaces = Array.from({ length: 20 }, (_, index) => `wsp_law_${index}`);
      await Promise.all(workspaces.map((workspaceId) => put(workspaceId, `law-${workspaceId}`)));
      const looks = Array.from({ length: 450 }, async (_, index) => {
        const workspaceId = workspaces[(index * 7) % workspaces.length] ?? "";
        if (index % 5 === 0) await database.inWorkspace(workspaceId, () => Promise.reject(new Error("no"))).catch(() => {});
        const seen =
          index % 3 === 0
            ? await database.inShared((tx) => tx.rows<{ id: string }>(`select id from ${SCHEMA}.notes`))
            : (await idsIn(workspaceId)).map((id) => ({ id }));
        return seen.some(({ id }) => id !== `law-${workspaceId}`) || (index % 3 === 0 && seen.length > 0);
      });
      assert.equal((await Promise.all(looks)).filter(Boolean).length, 0);
    });

    test("a workspace id is data, whatever stands in it", async () => {
      for (const workspaceId of ["'; drop table x; --", "\\'; select 1; --", "ü\u{1f600}\\"]) assert.deepEqual(await idsIn(workspaceId), [], workspaceId);
      await assert.rejects(async () => idsIn(""), { code: "WORKSPACE_REQUIRED" });
    });

    test("values come out as they are documented", async () => {
      const [row] = await database.inShared((tx) =>
        tx.rows(
          `select 9007199254740991::bigint as safe, 9007199254740993::bigint as large, 1.10::numeric as decimal, '2024-02-29'::date as day,
             '2024-01-02 03:04:05.123456+02'::timestamptz as instant, '2024-01-02 03:04:05'::timestamp as wall, '{"a":[1]}'::jsonb as document,
             array[1, 9007199254740993]::bigint[] as integers, true as truth, null as nothing, count(*) as count from (values (1)) v`,
        ),
      );
      assert.deepEqual(row, {
        safe: 9_007_199_254_740_991,
        large: "9007199254740993",
        decimal: "1.10",
        day: "2024-02-29",
        instant: "2024-01-02T01:04:05.123456Z",
        wall: "2024-01-02T03:04:05",
        document: { a: [1] },
        integers: [1, "9007199254740993"],
        truth: true,
        nothing: null,
        count: 1,
      });
    });

    test("says which constraint a statement broke", async () => {
      await put("wsp_unique", "unique-1");
      await assert.rejects(put("wsp_unique", "unique-1"), (error) => isUniqueViolation(error, "notes_pkey") && !isUniqueViolation(error, "another"));
    });

    test("an abort ends the work, undoes it, and leaves the pool whole", async () => {
      const stop = new AbortController();
      const working = database.inWorkspace(
        "wsp_abort",
        async (tx) => {
          await tx.rows(`insert into ${SCHEMA}.notes values ('abort-1', 'wsp_abort')`);
          setImmediate(() => stop.abort(new Error("enough")));
          await tx.rows("select pg_sleep(20)");
        },
        { signal: stop.signal },
      );
      await assert.rejects(working, /enough/);
      assert.deepEqual(await idsIn("wsp_abort"), []);
      await Promise.all(Array.from({ length: 10 }, () => database.ping()));
    });

    test("a statement that waits too long for a lock fails and can be tried again", async () => {
      await put("wsp_lock", "lock-1");
      const [held, free] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const lock = `select id from ${SCHEMA}.notes where id = 'lock-1' for update`;
      const holder = database.inWorkspace("wsp_lock", async (tx) => {
        await tx.rows(lock);
        held.resolve();
        await free.promise;
      });
      await held.promise;
      const waiting = database.inWorkspace("wsp_lock", async (tx) => {
        await tx.rows("set local lock_timeout = '50ms'");
        await tx.rows(lock);
      });
      await assert.rejects(waiting, (error: { code?: string; retryable?: boolean }) => error.code === "STORE_UNAVAILABLE" && error.retryable === true);
      free.resolve();
      await holder;
    });

    test("a connection that the server ends fails its work with a retryable error, and the next work gets a new one", async () => {
      const killed = database.inShared((tx) => tx.rows("select pg_terminate_backend(pg_backend_pid())"));
      await assert.rejects(killed, { code: "STORE_UNAVAILABLE" });
      await database.ping();
    });

    test("every table is protected, and the check finds those that are not", async () => {
      assert.deepEqual(await listUnprotectedTables(server.adminUrl, [SCHEMA]), []);
      const careless = `
        create table ${SCHEMA}.careless (workspace_id text); grant select on ${SCHEMA}.careless to ${SCHEMA}_app;
        create table ${SCHEMA}.forgotten (id text); grant select on ${SCHEMA}.forgotten to ${SCHEMA}_app;
        create table ${SCHEMA}.unforced (workspace_id text); select rivergen.tenant_table('${SCHEMA}.unforced'); alter table ${SCHEMA}.unforced no force row level security;
        create table ${SCHEMA}.internal (id text);`;
      await migrate({
        adminUrl: server.adminUrl,
        schema: SCHEMA,
        before: [
          { name: "tables", sql: TABLES },
          { name: "careless", sql: careless },
        ],
      });
      assert.deepEqual(await listUnprotectedTables(server.adminUrl, [SCHEMA]), [
        { name: `${SCHEMA}.careless`, reason: "it has no policy on the workspace" },
        { name: `${SCHEMA}.careless`, reason: "row-level security is not forced" },
        { name: `${SCHEMA}.careless`, reason: "row-level security is off" },
        { name: `${SCHEMA}.forgotten`, reason: "it has no workspace_id and is not declared shared" },
        { name: `${SCHEMA}.unforced`, reason: "row-level security is not forced" },
      ]);
    });
  });
}
