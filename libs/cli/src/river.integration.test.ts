import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { type Platform, startPlatform, stopPlatform } from "./journeys/platform.ts";

const bin = join(import.meta.dirname, "..", "bin", "river.js");

interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

describe("river on a running platform", { timeout: 300_000 }, () => {
  let folder: string;
  let platform: Platform;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "river-cli-"));
    await chmod(folder, 0o755);
    platform = await startPlatform({ home: join(folder, ".rivergen"), port: 0, environment: process.env });
    await writeFile(join(folder, "cities.csv"), "city,country\nBerlin,DE\nParis,FR\nLyon,FR\n");
    const orders = Array.from({ length: 300 }, (_, i) => `${i + 1},${["Berlin", "Paris", "Lyon"][i % 3]},${i % 50}.5,buyer${i}@example.org`);
    await writeFile(join(folder, "orders.csv"), ["order_id,city,amount,email", ...orders, "broken"].join("\n"));
  });
  after(async () => {
    assert.equal(await stopPlatform(platform.child), true);
    await rm(folder, { recursive: true, force: true });
  });

  /** Runs the command as a user would, in a folder above which the platform's home lies. */
  function river(argv: string[], input = "", environment: Record<string, string> = {}): Promise<Outcome> {
    const { RIVERGEN_HOME: _home, RIVERGEN_URL: _url, RIVERGEN_TOKEN: _token, ...rest } = process.env;
    const child = spawn(process.execPath, [bin, ...argv], { cwd: folder, env: { ...rest, XDG_CONFIG_HOME: join(folder, "config"), ...environment } });
    let [out, err] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
    child.stdin.end(input);
    return new Promise((resolve) => child.once("close", (code) => resolve({ code, out, err })));
  }

  const document = (filter: string): string => `apiVersion: rivergen.dev/v1
river: revenue
parameters:
  least: { type: integer, default: 0 }
sources:
  orders: { dataset: orders }
steps:
  kept: { from: orders, filter: ${filter} }
  summed: { from: kept, do: [{ aggregate: { by: [city], values: { revenue: sum(amount) } } }, { orderBy: [city] }] }
outputs:
  revenue: { from: summed }
`;

  test("files become datasets; rows left out and labels are told", async () => {
    const { code, out, err } = await river(["upload", "cities.csv", "orders.csv"]);
    assert.equal(code, 0, out + err);
    assert.match(out, /^cities {3}3 rows {3}2 columns$/m);
    assert.match(out, /^orders {3}300 rows {3}4 columns {3}1 row rejected$/m);
    assert.match(out, /labels +email: pii\.email/);
    const listed = await river(["datasets", "--json"]);
    assert.deepEqual((JSON.parse(listed.out) as { items: { name: string }[] }).items.map(({ name }) => name).toSorted(), ["cities", "orders"]);
  });

  test("a query is shown as a table, as JSON, and in other formats", async () => {
    const sql = "select city, count(*) as n from orders group by city order by city";
    assert.equal((await river(["query", sql])).out, "CITY       N\nBerlin   100\nLyon     100\nParis    100\n3 rows\n");
    assert.equal((await river(["query", sql, "--format", "csv"])).out.replaceAll("\r", ""), "city,n\nBerlin,100\nLyon,100\nParis,100\n");
    const json = JSON.parse((await river(["query", sql, "--json"])).out) as { rows: unknown[]; truncated: boolean };
    assert.deepEqual([json.rows.length, json.truncated], [3, false]);
    const refused = await river(["query", "select * from read_csv('/etc/passwd')", "--json"]);
    assert.deepEqual([refused.code, (JSON.parse(refused.out) as { code: string }).code], [1, "QUERY_REFUSED"]);
  });

  test("a document is validated, planned, run and listed", async () => {
    await writeFile(join(folder, "bad.yaml"), document("amoun > 1"));
    const bad = await river(["validate", "bad.yaml"]);
    assert.equal(bad.code, 1);
    assert.match(bad.out, /^✗ bad\.yaml:8:\d+ {2}\/steps\/kept\/filter .*amount.* {2}UNKNOWN_COLUMN$/m);
    await writeFile(join(folder, "revenue.yaml"), document("order_id > $least"));
    assert.equal((await river(["validate", "revenue.yaml"])).code, 0);
    const plan = await river(["plan", "revenue.yaml"]);
    assert.match(plan.out, /^plan +orders → filter → aggregate → order$/m);
    assert.match(plan.out, /^quote /m);
    const run = await river(["run", "revenue", "--watch", "--param", "least=297"]);
    assert.equal(run.code, 0, run.err);
    assert.match(run.out, /^CITY {5}REVENUE\nBerlin +\S+\nLyon +\S+\nParis +\S+$/m);
    assert.match(run.out, /^metered .* EUR, /m);
    const runs = JSON.parse((await river(["runs", "--json"])).out) as { items: { id: string; status: string }[] };
    assert.equal(runs.items[0]?.status, "succeeded");
    const shown = await river(["watch", runs.items[0]?.id ?? ""]);
    assert.equal(shown.code, 0);
    assert.match(shown.out, /Berlin/);
    assert.match((await river(["usage"])).out, /^METER/m);
    assert.match((await river(["rivers", "revenue"])).out, /^river: revenue$/m);
  });

  test("what a flow sets aside is told, and shown or taken away like an output", async () => {
    const flow = "{ type: handle, error_handler: dead-letter, child: { ref: fail, config: { message: no number, when: order_id <= 12 } } }";
    const text = `apiVersion: rivergen.dev/v1\nriver: tidy\nsources: { orders: { dataset: orders } }\nsteps: { tidied: { from: orders, flow: ${flow} } }\noutputs: { tidy: { from: tidied } }\n`;
    await writeFile(join(folder, "tidy.yaml"), text);
    const { code, out, err } = await river(["run", "tidy.yaml", "--watch", "--limit", "1"]);
    assert.equal(code, 0, err);
    const [, run = ""] = /^⚠ tidied {2}12 rows set aside: river output (run_\S+) tidied\.set_aside$/m.exec(out) ?? [];
    assert.match(out, new RegExp(`^… 287 more rows: --limit, or river output ${run} tidy --format csv$`, "m"));
    const told = JSON.parse((await river(["runs", run, "--json"])).out) as { steps: { setAside: unknown }[] };
    assert.deepEqual(told.steps[0]?.setAside, { rows: 12, kept: 12, output: "tidied.set_aside" });
    const shown = await river(["output", run, "tidied.set_aside", "--limit", "2"]);
    assert.match(shown.out, /SET_ASIDE_REASON[^]*no number[^]*^… 10 more rows/m, shown.err);
    const csv = await river(["output", run, "tidied.set_aside", "--format", "csv"]);
    assert.equal(csv.out.trim().split("\n").length, 13, csv.err);
    const page = JSON.parse((await river(["output", run, "tidied.set_aside", "--json", "--limit", "3"])).out) as { rows: unknown[]; rowCount: number };
    assert.deepEqual([page.rows.length, page.rowCount], [3, 12]);
    assert.equal((await river(["output", run, "tidied.set_aside", "--format", "json"])).code, 64);
    assert.match((await river(["output", run, "nothing"])).err, /OUTPUT_NOT_FOUND/);
  });

  test("a run that fails says why and ends with 1", async () => {
    await writeFile(join(folder, "fails.yaml"), document("cast(city as integer) > 1").replaceAll("revenue", "fails"));
    const { code, out } = await river(["run", "fails.yaml", "--watch"]);
    assert.equal(code, 1);
    assert.match(out, /✗ step kept.*Berlin/);
  });

  test("a sentence is planned, run and kept", async () => {
    const asked = await river(["ask", "number of orders by city", "--yes"]);
    assert.equal(asked.code, 0, asked.out + asked.err);
    for (const label of ["reading", "assumed", "unused", "plan", "labels", "quote", "metered"]) assert.match(asked.out, new RegExp(`^${label} `, "m"));
    assert.match(asked.out, /^Berlin +100$/m);
    const saved = await river(["save", "orders_by_city", "--json"]);
    assert.equal((JSON.parse(saved.out) as { name: string }).name, "orders_by_city");
    const again = await river(["save", "twice"]);
    assert.deepEqual([again.code, again.err], [1, 'river: There is no draft to keep. Ask first: river ask "…"\n']);
    const hopeless = await river(["ask", "average humidity by altitude", "--json"]);
    assert.equal(hopeless.code, 1);
    assert.notEqual((JSON.parse(hopeless.out) as { status: string }).status, "planned");
  });

  test("accounts: sign-up, a workspace of its own, sign-out", async () => {
    const up = await river(["sign-up", "--email", "ada@example.org", "--name", "Ada"], "correct horse battery\n");
    assert.equal(up.code, 0, up.err);
    assert.equal((await river(["datasets"])).out, "no datasets yet: river upload <file>\n");
    assert.equal((await river(["datasets", "orders"])).code, 1);
    assert.equal((await river(["sign-out"])).code, 0);
    const wrong = await river(["sign-in", "--email", "ada@example.org"], "wrong horse battery\n");
    assert.equal(wrong.code, 1);
    assert.match(wrong.err, /INVALID_CREDENTIALS/);
    assert.match((await river(["datasets"])).out, /orders/);
    const badToken = await river(["datasets"], "", { RIVERGEN_TOKEN: "x".repeat(32) });
    assert.equal(badToken.code, 1);
    assert.match(badToken.err, /UNAUTHENTICATED\)\n {2}Sign in with: river sign-in/);
  });

  test("a platform that runs is not started twice", async () => {
    const { code, out } = await river(["up"]);
    assert.deepEqual([code, out], [0, `RiverGen is already running   ${platform.url}\n`]);
  });
});
