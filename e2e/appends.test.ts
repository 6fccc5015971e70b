import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Fault, Plan } from "@rivergen/contracts";
import { eventually, type Person, signUp, startPlatform, type TestPlatform } from "@rivergen/testkit";

let platform: TestPlatform;
let ann: Person;
before(async () => {
  platform = await startPlatform();
  ann = await signUp(platform.url);
});
after(() => platform.stop());

const put = (path: string, text: string, wait = 0) => ann.send("PUT", `/v1/files/${path}`, text, { "content-type": "text/csv", prefer: `wait=${wait}` });

test("files that are appended faster than they are read all add their rows", async () => {
  const sent = await Promise.all([1, 2, 3].map((n) => put(`day-${n}.csv?dataset=days&mode=append`, `n\n${n}\n${n * 10}\n`)));
  assert.deepEqual(
    sent.map(({ status }) => status),
    sent.map(() => 201),
  );
  const rows = await eventually(
    async () => {
      const { json } = await ann.send("GET", "/v1/datasets/days/preview");
      return Array.isArray(json.rows) && json.rows.length >= 6 ? (json.rows as { n: number }[]) : undefined;
    },
    { withinMs: 90_000, what: "six rows" },
  );
  assert.deepEqual(
    rows.map(({ n }) => n).toSorted((a, b) => a - b),
    [1, 2, 3, 10, 20, 30],
  );
  const last = await put("day-4.csv?dataset=days&mode=append", "n\n4\n", 60);
  assert.deepEqual([last.json.dataset.status, last.json.dataset.rowCount], ["ready", 7]);
});

test("a dataset of several files is read anew from all of them, or stays as it is", async () => {
  await put("part-1.csv?dataset=parts", "n\n01\n02\n", 60);
  await put("part-2.csv?dataset=parts&mode=append", "n\n03\n", 60);
  const { dataset } = (await put("part-3.csv?dataset=parts&mode=append", "n\nx4\n", 60)).json;
  assert.deepEqual([dataset.rowCount, dataset.version], [4, 3]);
  const shown = async () => (await ann.send("GET", "/v1/datasets/parts/preview")).json.rows.map(({ n }: { n: string }) => n);
  const reread = await ann.send("POST", "/v1/datasets/parts/reread", {}, { prefer: "wait=60" });
  assert.deepEqual([reread.json.status, reread.json.rowCount, reread.json.version, reread.json.source.path], ["ready", 4, 4, "part-1.csv"]);
  assert.deepEqual(await shown(), ["01", "02", "03", "x4"]);
  // Nothing of the last file is a number: what the others gave becomes no version.
  const refused = await ann.send("POST", "/v1/datasets/parts/reread", { types: { n: "integer" } }, { prefer: "wait=60" });
  assert.deepEqual([refused.json.status, refused.json.version], ["rejected", 4], refused.text);
  assert.deepEqual(await shown(), ["01", "02", "03", "x4"]);
});

test("a plan tells of joins that multiply, and what it expects of each step", async () => {
  await Promise.all([put("left.csv", "k,a\n1,1\n1,2\n2,3\n", 30), put("right.csv", "k,b\n1,4\n1,5\n2,6\n2,7\n", 30)]);
  const document = `apiVersion: rivergen.dev/v1
river: multiplied
sources: { left: { dataset: left }, right: { dataset: right } }
steps:
  both:
    from: left
    join: { to: right, using: [k] }
  few: { from: both, filter: "a = 3" }
outputs: { multiplied: { from: few } }
`;
  const yaml = { "content-type": "application/yaml" };
  const { json } = await ann.send("POST", "/v1/rivers/validate", document, yaml);
  const [warning] = json.warnings as Fault[];
  assert.deepEqual([json.valid, warning?.code, warning?.path, warning?.line], [true, "MANY_TO_MANY", "/steps/both/join", 7]);
  assert.match(warning?.message ?? "", /repeat k on both sides .* 3 rows joined with 4 give 6 /);
  await ann.send("POST", "/v1/rivers", document, yaml);
  const plan = (await ann.send("POST", "/v1/rivers/multiplied/plan", {})).json as Plan;
  assert.deepEqual(
    plan.steps.map(({ name, estimatedRows, estimateBasis }) => [name, estimatedRows, estimateBasis]),
    [
      ["both", 6, "profile"],
      ["few", 2, "profile"],
    ],
  );
  assert.equal(plan.warnings[0]?.code, "MANY_TO_MANY");
  assert.equal(plan.quote.durationMs.likely, null);
  const run = await ann.send("POST", "/v1/rivers/multiplied/runs", {}, { prefer: "wait=30" });
  assert.deepEqual([run.json.status, run.json.steps[1].estimatedRows, run.json.steps[1].rowsOut], ["succeeded", 2, 2]);
  const again = (await ann.send("POST", "/v1/rivers/multiplied/plan", {})).json as Plan;
  assert.deepEqual([again.steps[1]?.estimatedRows, again.steps[1]?.estimateBasis], [2, "measured"]);
  assert.match(again.quote.basis, /^1 past run of this river/);
  const { low, likely, high } = again.quote.durationMs;
  assert.ok(low !== null && likely !== null && high !== null && low < likely && likely < high);
  assert.ok(run.json.metered.durationMs >= low && run.json.metered.durationMs <= high, `${run.json.metered.durationMs} ms lies in ${low}–${high} ms`);
});
