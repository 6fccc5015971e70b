import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, type Person, asPerson, readOwner, startPlatform, type TestPlatform } from "@rivergen/testkit";

/** Half a million rows: long enough for a process to die in the middle of reading them. */
const csv = `id,amount,customer\n${Array.from({ length: 200_000 }, (_, i) => `${i},${(i % 977) / 4},c${i % 50}`).join("\n")}\n`;

const river = `
apiVersion: rivergen.dev/v1
river: totals
sources: { sales: { dataset: sales } }
steps:
  summed: { from: sales, aggregate: { by: [customer], values: { total: sum(amount), n: count(*) } } }
outputs:
  sales_totals: { from: summed }
`;

/** Enough work to be hit in the middle: a self join that multiplies rows. */
const heavyRiver = `
apiVersion: rivergen.dev/v1
river: heavy
sources: { sales: { dataset: sales } }
steps:
  pairs: { from: sales, join: { to: sales, as: other, where: customer = other.customer } }
  summed: { from: pairs, aggregate: { by: [customer], values: { total: sum(amount), n: count(*) } } }
outputs:
  heavy_totals: { from: summed }
`;

async function owner(platform: TestPlatform): Promise<Person> {
  const { token, workspaceId } = await readOwner(platform.home);
  return asPerson(platform.url, token, { workspaceId, userId: "", email: "" });
}

/** Asserts that the drill hit: the process killed itself at the named place. */
async function assertHit(platform: TestPlatform): Promise<void> {
  const process = platform.processes.get("all");
  assert.equal(await process?.ended, "SIGKILL");
}

async function upload(person: Person): Promise<{ status: number } | undefined> {
  return person.send("PUT", "/v1/files/sales.csv", csv, { "content-type": "text/csv", prefer: "wait=30" }).catch(() => undefined);
}

async function withFault(point: string, work: (platform: TestPlatform, person: Person) => Promise<void>): Promise<void> {
  const platform = await startPlatform();
  try {
    const person = await owner(platform);
    if (point.startsWith("run.")) assert.equal((await upload(person))?.status, 201);
    await platform.kill();
    await platform.restart("all", { FAULT_POINT: point });
    await work(platform, person);
  } finally {
    await platform.stop();
  }
}

test("killed before an upload is published: nothing of it is visible, and it can be sent again", () =>
  withFault("upload.before-publish", async (platform, person) => {
    await upload(person);
    await assertHit(platform);
    await platform.restart();
    assert.equal((await person.send("GET", "/v1/files/sales.csv")).status, 404);
    assert.equal((await person.send("GET", "/v1/datasets/sales")).status, 404);
    const again = await person.send("PUT", "/v1/files/sales.csv", csv, { "content-type": "text/csv", prefer: "wait=30" });
    assert.equal(again.json.dataset.rowCount, 200_000);
    assert.equal((await person.send("GET", "/v1/datasets/sales/versions")).json.items.length, 1);
  }));

test("killed after the publish and before the dataset: the dataset comes after the restart, once", () =>
  withFault("upload.before-dataset", async (platform, person) => {
    await upload(person);
    await assertHit(platform);
    await platform.restart();
    const dataset = await eventually(async () => {
      const { json } = await person.send("GET", "/v1/datasets/sales");
      return json.status === "ready" && json;
    });
    assert.deepEqual([dataset.rowCount, dataset.version], [200_000, 1]);
    const { json } = await person.send("GET", "/v1/events");
    assert.deepEqual(
      typesOf(json.items).filter((type) => type.startsWith("file.") || type.startsWith("dataset.")),
      ["file.stored", "dataset.ready"],
    );
  }));

for (const point of ["run.mid-stage", "run.before-event", "run.before-metering"]) {
  test(`killed at ${point}: the run goes on after the restart, with every effect once`, () =>
    withFault(point, async (platform, person) => {
      const made = await person.send("POST", "/v1/rivers", point === "run.mid-stage" ? heavyRiver : river, { "content-type": "application/yaml" });
      assert.equal(made.status, 201, made.text);
      const started = await person.send("POST", `/v1/rivers/${made.json.name}/runs`, {});
      assert.equal(started.status, 202, started.text);
      await assertHit(platform);
      await platform.restart();
      const run = await eventually(
        async () => {
          const { json } = await person.send("GET", `/v1/runs/${started.json.id}`);
          return ["succeeded", "failed"].includes(json.status) && json;
        },
        { withinMs: 60_000, what: "the end of the run" },
      );
      assert.equal(run.status, "succeeded", JSON.stringify(run.error));
      assert.equal(run.attempt, 2);
      const output = made.json.name === "heavy" ? "heavy_totals" : "sales_totals";
      const { json: result } = await person.send("GET", `/v1/runs/${run.id}/outputs/${output}`);
      assert.equal(result.rows.length, 50);
      assert.equal((await person.send("GET", `/v1/datasets/${output}/versions`)).json.items.length, 1);
      const usage = (await person.send("GET", `/v1/billing/usage?run=${run.id}`)).json.items;
      assert.deepEqual(usage.map(({ meter }: { meter: string }) => meter).toSorted(), ["compute.cpu", "data.scanned"]);
      const events = (await person.send("GET", `/v1/runs/${run.id}/events`)).json.items;
      assert.equal(typesOf(events).filter((type) => type === "run.succeeded").length, 1);
      assert.equal(typesOf(events).filter((type) => type === "run.step.succeeded").length, run.steps.length);
    }));
}

function typesOf(events: readonly { type: string }[]): string[] {
  return events.map(({ type }) => type);
}
