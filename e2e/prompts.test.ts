import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Person, signUp, startPlatform, type TestPlatform } from "@rivergen/testkit";

let platform: TestPlatform;
let ann: Person;

before(async () => {
  platform = await startPlatform();
  ann = await signUp(platform.url);
  const orders = "id,country,amount\n1,France,10\n2,Spain,20\n3,France,30\n";
  const put = await ann.send("PUT", "/v1/files/orders.csv", orders, { "content-type": "text/csv", prefer: "wait=60" });
  assert.equal(put.json.dataset.status, "ready", put.text);
});
after(() => platform.stop());

test("what was asked is listed newest first, page by page, and for its own workspace only", async () => {
  const texts = ["total amount by country", "average temperature by country", "how many orders"];
  const asked = [];
  for (const text of texts) asked.push((await ann.send("POST", "/v1/prompts", { text })).json);
  const first = await ann.send("GET", "/v1/prompts?limit=2");
  assert.deepEqual(
    first.json.items.map(({ id, text, status }: Record<string, unknown>) => [id, text, status]),
    asked
      .toReversed()
      .slice(0, 2)
      .map(({ id, text, status }) => [id, text, status]),
    first.text,
  );
  const second = (await ann.send("GET", `/v1/prompts?limit=2&cursor=${first.json.nextCursor}`)).json;
  assert.deepEqual([second.items.map(({ text }: { text: string }) => text), second.nextCursor], [[texts[0]], null]);
  assert.equal(second.items[0].status, "planned");
  // Ids that are made of an idempotency key say nothing of time.
  const again = await ann.send("POST", "/v1/prompts", { text: "how many orders" }, { "idempotency-key": "asked-once-more" });
  assert.equal((await ann.send("GET", "/v1/prompts?limit=1")).json.items[0].id, again.json.id);
  const bob = await signUp(platform.url);
  assert.deepEqual((await bob.send("GET", "/v1/prompts")).json, { items: [], nextCursor: null });
});

test("of drafts saved under one name at once, one is kept and the others say that it is taken", async () => {
  const asked = await Promise.all(Array.from({ length: 6 }, () => ann.send("POST", "/v1/prompts", { text: "total amount by country" })));
  const saved = await Promise.all(asked.map(({ json }) => ann.send("POST", `/v1/rivers/${json.river.id}/save`, { name: "amounts" })));
  const others = saved.filter(({ status }) => status !== 200);
  assert.deepEqual([saved.length - others.length, new Set(others.map(({ json }) => json.code))], [1, new Set(["RIVER_NAME_TAKEN"])], others[0]?.text);
});
