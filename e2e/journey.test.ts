import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { createClient, subscribe } from "@rivergen/client";
import type { Event } from "@rivergen/contracts";
import { eventually, type Hosting, type Person, signUp, startPlatform, type TestPlatform } from "@rivergen/testkit";

const airports = new URL("../node_modules/vega-datasets/data/airports.csv", import.meta.url);

const orders = `order_id,customer_id,amount,ordered_at,email
1,c1,10.50,2024-01-05,ann@example.test
2,c2,20.00,2024-01-17,bob@example.test
3,c1,7.25,2024-02-02,ann@example.test
4,c3,99.00,2024-02-11,cy@example.test
5,c2,1.00,2024-03-01,bob@example.test
6,c1,30.00,2024-03-09,ann@example.test
7,c4,12.00,2024-03-20,dee@example.test
8,c2,8.50,2024-04-04,bob@example.test
`;
const customers = `customer_id,country,name
c1,France,Ann
c2,Spain,Bob
c3,France,Cy
c4,Italy,Dee
`;
const river = `apiVersion: rivergen.dev/v1
river: revenue_by_country
sources:
  orders: { dataset: orders }
  customers: { dataset: customers }
parameters:
  since: { type: date, default: 2024-01-01 }
steps:
  recent: { from: orders, filter: ordered_at >= $since }
  joined: { from: recent, join: { to: customers, using: [customer_id] } }
  revenue:
    from: joined
    do:
      - aggregate: { by: [country], values: { revenue: sum(amount), orders: count(*), contact: max(email) } }
      - orderBy: [revenue desc]
outputs:
  revenue_by_country: { from: revenue }
`;

for (const hosting of ["together", "apart"] as const) journey(hosting);

/** The main journey, the same whether the services share a process or not. */
function journey(hosting: Hosting): void {
  describe(`services ${hosting}`, () => {
    let platform: TestPlatform;
    let ann: Person;
    before(async () => {
      platform = await startPlatform({ hosting });
      ann = await signUp(platform.url);
    });
    after(() => platform.stop());

    test("files become datasets with types, labels and keys", async () => {
      const first = await ann.send("PUT", "/v1/files/shop/orders.csv", orders, { "content-type": "text/csv" });
      assert.equal(first.status, 201, first.text);
      assert.equal(first.json.dataset.status, "ready");
      assert.deepEqual(
        first.json.dataset.columns.map(({ name, type, labels }: { name: string; type: string; labels: string[] }) => [name, type, labels]),
        [
          ["order_id", "integer", []],
          ["customer_id", "string", []],
          ["amount", "decimal(18,2)", []],
          ["ordered_at", "date", []],
          ["email", "string", ["pii.email"]],
        ],
      );
      assert.equal((await ann.send("PUT", "/v1/files/shop/customers.csv", customers, { "content-type": "text/csv" })).status, 201);
      const same = await ann.send("PUT", "/v1/files/shop/orders.csv", orders, { "content-type": "text/csv" });
      assert.deepEqual([same.status, same.json.dataset.version], [200, 1], "the same bytes again are no new version");
      const more = await ann.send("PUT", "/v1/files/shop/orders.csv", `${orders}9,c9,1.00,2024-05-01,eve@example.test\n`, { "content-type": "text/csv" });
      assert.deepEqual([more.status, more.json.dataset.version, more.json.dataset.rowCount], [200, 2, 9]);
      const back = await ann.send("PUT", "/v1/files/shop/orders.csv", orders, { "content-type": "text/csv" });
      assert.deepEqual([back.json.dataset.version, back.json.dataset.rowCount], [3, 8]);
      const dataset = await eventually(async () => {
        const { json } = await ann.send("GET", "/v1/datasets/orders");
        return json.keys?.[0]?.coverage === 1 && json;
      });
      assert.deepEqual(dataset.keys, [{ column: "customer_id", to: { dataset: "customers", column: "customer_id" }, coverage: 1 }]);
    });

    test("a file can be listed, read in part and checked against what is held", async () => {
      const { json } = await ann.send("GET", "/v1/files?prefix=shop/");
      assert.deepEqual(
        json.items.map(({ path }: { path: string }) => path),
        ["shop/customers.csv", "shop/orders.csv"],
      );
      const part = await ann.send("GET", "/v1/files/shop/orders.csv/content", undefined, { range: "bytes=0-7" });
      assert.deepEqual([part.status, part.text, part.headers.get("content-range")], [206, "order_id", `bytes 0-7/${orders.length}`]);
      const whole = await ann.send("GET", "/v1/files/shop%2Forders.csv/content");
      assert.equal(whole.text, orders);
      const held = await ann.send("GET", "/v1/files/shop/orders.csv/content", undefined, { "if-none-match": whole.headers.get("etag") ?? "" });
      assert.equal(held.status, 304);
    });

    test("SQL over datasets answers in every format, metered", async () => {
      const sql = "select customer_id, sum(amount) as total from orders group by all order by total desc limit $n";
      const { status, json, text } = await ann.send("POST", "/v1/queries", { sql, parameters: { n: 2 } });
      assert.equal(status, 200, text);
      assert.deepEqual(json.rows, [
        { customer_id: "c3", total: "99.00" },
        { customer_id: "c1", total: "47.75" },
      ]);
      assert.equal(json.truncated, false);
      assert.ok(json.usage.some(({ meter }: { meter: string }) => meter === "compute.cpu"));
      const csv = await ann.send("POST", "/v1/queries?format=csv", { sql, parameters: { n: 1 } });
      assert.equal(csv.text, "customer_id,total\nc3,99.00\n");
      const lines = await ann.send("POST", "/v1/queries", { sql, parameters: { n: 1 } }, { accept: "application/x-ndjson" });
      assert.deepEqual(JSON.parse(lines.text), { customer_id: "c3", total: "99.00" });
    });

    test("a hand-written river is validated, planned with labels, run live and metered", async () => {
      const broken = await ann.send("POST", "/v1/rivers/validate", river.replace("sum(amount)", "sum(amont)").replace("country]", "contry]"), {
        "content-type": "application/yaml",
      });
      assert.equal(broken.json.valid, false);
      assert.deepEqual(broken.json.errors.map(({ path }: { path: string }) => path).toSorted(), [
        "/steps/revenue/do/0/aggregate/by/0",
        "/steps/revenue/do/0/aggregate/values/revenue",
      ]);
      assert.ok(broken.json.errors.every(({ line }: { line: number }) => line > 10));
      const made = await ann.send("POST", "/v1/rivers", river, { "content-type": "application/yaml" });
      assert.equal(made.status, 201, made.text);
      const plan = (await ann.send("POST", "/v1/rivers/revenue_by_country/plan", {})).json;
      assert.deepEqual(
        plan.steps.map(({ name }: { name: string }) => name),
        ["recent", "joined", "revenue"],
      );
      assert.deepEqual(plan.labels, [{ output: "revenue_by_country", column: "contact", label: "pii.email", origins: ["orders.email"], influence: "value" }]);
      assert.equal(plan.quote.price.currency, "EUR");

      const client = createClient({ url: platform.url, token: ann.token, workspaceId: ann.workspaceId });
      const seen: Event[] = [];
      const live = subscribe(client, { channels: ["workspace"] });
      await live.ready;
      const listening = (async () => {
        for await (const event of live) {
          seen.push(event);
          if (event.type === "run.succeeded" || event.type === "run.failed") break;
        }
      })();
      const { lastSeq } = (await ann.send("GET", "/v1/events")).json;
      const { json: run } = await ann.send("POST", "/v1/rivers/revenue_by_country/runs", { parameters: { since: "2024-02-01" } }, { prefer: "wait=30" });
      assert.equal(run.status, "succeeded", JSON.stringify(run.error));
      await listening;
      live.close();
      assert.deepEqual(
        seen.map(({ seq }) => seq),
        Array.from({ length: seen.length }, (_, i) => (seen[0]?.seq ?? 0) + i),
        "numbers have gaps or repeats",
      );
      const types: string[] = seen.filter(({ seq }) => seq > lastSeq).map(({ type }) => type);
      for (const type of ["run.queued", "run.started", "run.step.started", "run.step.succeeded", "usage.recorded", "dataset.ready", "run.succeeded"])
        assert.ok(types.includes(type), `${type} is missing of ${types.join(", ")}`);
      assert.ok(run.metered.price > "0" && run.quote);
      const result = (await ann.send("GET", `/v1/runs/${run.id}/outputs/revenue_by_country`)).json;
      assert.deepEqual(
        result.rows.map(({ country, revenue, orders: count }: { country: string; revenue: string; orders: number }) => [country, revenue, count]),
        [
          ["France", "136.25", 3],
          ["Italy", "12.00", 1],
          ["Spain", "9.50", 2],
        ],
      );
      const parquet = await ann.send("GET", `/v1/runs/${run.id}/outputs/revenue_by_country?format=parquet`);
      assert.equal(parquet.text.slice(0, 4), "PAR1");
      assert.equal((await ann.send("GET", "/v1/datasets/revenue_by_country")).json.source.run, run.id);
      const { nodes, edges } = (await ann.send("GET", "/v1/datasets/revenue_by_country/lineage")).json as {
        nodes: { id: string; name: string; parent?: string }[];
        edges: { from: string; to: string }[];
      };
      const reached = new Set([nodes.find(({ name, parent }) => name === "contact" && parent?.startsWith("dst_"))?.id]);
      for (let size = 0; size !== reached.size;) {
        size = reached.size;
        for (const { from, to } of edges) if (reached.has(to)) reached.add(from);
      }
      assert.ok(
        nodes.some(({ id, name, parent }) => reached.has(id) && name === "email" && nodes.some((node) => node.id === parent && node.name === "orders")),
        "contact does not lead back to orders.email",
      );
      const usage = (await ann.send("GET", `/v1/billing/usage?run=${run.id}`)).json;
      assert.equal(usage.totals.length, 2);
    });

    test("a question becomes a draft, runs, and is kept", async () => {
      const asked = await ann.send("POST", "/v1/prompts", { text: "total amount by country, highest first", today: "2024-06-01" });
      assert.equal(asked.status, 200, asked.text);
      assert.equal(asked.json.status, "planned", asked.text);
      assert.ok(asked.json.spans.length > 0 && asked.json.explanation.length > 0);
      for (const { pointer } of asked.json.spans) assert.notEqual(at(asked.json.river.document, pointer), undefined, pointer);
      const { json: run } = await ann.send("POST", `/v1/rivers/${asked.json.river.id}/runs`, {}, { prefer: "wait=30" });
      assert.equal(run.status, "succeeded", JSON.stringify(run.error));
      const { json: result } = await ann.send("GET", `/v1/runs/${run.id}/outputs/answer`);
      assert.deepEqual(
        result.rows.map((row: Record<string, unknown>) => Object.values(row).map(String)),
        [
          ["France", "146.75"],
          ["Spain", "29.50"],
          ["Italy", "12.00"],
        ],
      );
      assert.equal(run.outputs[0].dataset, null, "a draft's outputs stay outside the catalog");
      const kept = await ann.send("POST", `/v1/rivers/${asked.json.river.id}/save`, { name: "amount_by_country" });
      assert.equal(kept.status, 200, kept.text);
      assert.ok((await ann.send("GET", "/v1/rivers")).json.items.some(({ name }: { name: string }) => name === "amount_by_country"));
      const order = await ann.send("POST", "/v1/prompts", { text: "delete all orders from 2024" });
      assert.equal(order.json.status, "refused");
      const missing = await ann.send("POST", "/v1/prompts", { text: "average temperature by country" });
      assert.equal(missing.json.status, "unanswerable", missing.text);
      assert.match(missing.json.reason, /temperature/);
    });

    test("the log can be polled, streamed and replayed from any place", async () => {
      const all = (await ann.send("GET", "/v1/events?after=0")).json;
      assert.deepEqual(
        all.items.map(({ seq }: { seq: number }) => seq),
        Array.from({ length: all.lastSeq }, (_, i) => i + 1),
      );
      const waiting = ann.send("GET", `/v1/events?after=${all.lastSeq}&waitMs=20000`);
      await ann.send("PATCH", "/v1/datasets/orders", { description: "What was sold" });
      const { json: news } = await waiting;
      assert.deepEqual([news.items.length, news.items[0].type, news.items[0].seq], [1, "dataset.updated", all.lastSeq + 1]);
      const abort = new AbortController();
      const response = await fetch(`${platform.url}/v1/events`, {
        headers: { authorization: `Bearer ${ann.token}`, accept: "text/event-stream", "last-event-id": String(all.lastSeq - 2) },
        signal: abort.signal,
      });
      const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
      let text = "";
      while ((text.match(/^id:/gm) ?? []).length < 3) text += (await reader?.read())?.value ?? "";
      abort.abort();
      assert.deepEqual(
        [...text.matchAll(/^id: ?(\d+)$/gm)].map(([, id]) => Number(id)),
        [all.lastSeq - 1, all.lastSeq, all.lastSeq + 1],
      );
    });

    test("a real file of thousands of rows keeps what it says: codes stay text", async () => {
      const { json, status, text } = await ann.send("PUT", "/v1/files/airports.csv", await readFile(airports), {
        "content-type": "text/csv",
        prefer: "wait=30",
      });
      assert.equal(status, 201, text);
      assert.equal(json.dataset.rowCount, 3_376);
      assert.equal(json.dataset.columns.find(({ name }: { name: string }) => name === "iata").type, "string");
    });
  });
}

function at(document: unknown, pointer: string): unknown {
  return pointer
    .split("/")
    .slice(1)
    .reduce<unknown>((value, step) => (value as Record<string, unknown> | undefined)?.[step.replaceAll("~1", "/").replaceAll("~0", "~")], document);
}
