import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { asPerson, type Person } from "@rivergen/testkit";
import type { Page } from "@rivergen/testkit/browser";
import { openStage, type Seat, type Stage } from "@rivergen/testkit/web";

const sample = (name: string): string => fileURLToPath(new URL(`../../node_modules/vega-datasets/data/${name}`, import.meta.url));
const yaml = { "content-type": "application/yaml" };
/** Every flight beside every airport: minutes of work, or some seconds of it for the longest flights only. */
const pairs = (name: string, filter: string): string => `apiVersion: rivergen.dev/v1
river: ${name}
sources: { flights: { dataset: flights_3m }, airports: { dataset: airports } }
steps:
  some: { from: flights, filter: ${filter} }
  pairs: { from: some, join: { to: airports, where: distance > airports.latitude, type: inner } }
  counted: { from: pairs, aggregate: { by: [state], values: { pairs: count(*) } } }
outputs: { ${name}_by_state: { from: counted } }
`;
/** The platform is taken away in one test: only there the browser may say so. */
const lost = [/ERR_(CONNECTION|EMPTY|INCOMPLETE|SOCKET|NETWORK)/, /WebSocket/i];
const slow = { timeout: 60_000 };

let stage: Stage;
let owner: Person;
let seat: Seat;
let page: Page;
let runPath = "";
const addresses: string[] = [];

before(async () => {
  stage = await openStage();
  seat = await stage.seat();
  page = seat.page;
  page.on("request", (request) => addresses.push(request.url()));
  page.on("websocket", (socket) => addresses.push(socket.url()));
});
after(() => stage.close());

describe("one person, from the link to the amount", () => {
  test("the link of the start line signs in, once", slow, async () => {
    const [link = ""] = /http:\S+#link=\S+/.exec(stage.platform.readyLine()) ?? [];
    await page.goto(link);
    await page.getByRole("heading", { name: "Ask your tables a question" }).waitFor();
    assert.equal(new URL(page.url()).hash, "", "the code does not stay in the address");
    const kept = (await page.evaluate("JSON.parse(localStorage.getItem('rivergen.session'))")) as {
      token: string;
      workspaceId: string;
      user: { id: string; email: string };
    };
    owner = asPerson(stage.platform.url, kept.token, { workspaceId: kept.workspaceId, userId: kept.user.id, email: kept.user.email });
    const second = await stage.seat({ ignore: [/40[0-9]/] });
    await second.page.goto(link);
    await second.page.getByText("This link was used already").waitFor();
    await second.context.close();
  });

  test("two files become tables", slow, async () => {
    await page.getByRole("link", { name: "Bring a table" }).click();
    await page.locator('input[type="file"][multiple]').setInputFiles([sample("airports.csv"), sample("flights-3m.parquet")]);
    await page.getByText("2 uploads finished").waitFor({ timeout: 50_000 });
    const uploads = page.getByRole("region", { name: "Uploads" });
    await uploads.getByRole("link", { name: "airports" }).waitFor();
    assert.match(await uploads.innerText(), /3,376 rows[^]*3,000,000 rows|3,000,000 rows[^]*3,376 rows/);
    const rows = page.getByRole("row");
    await rows.filter({ hasText: "flights" }).getByText("Ready").waitFor();
    await rows.filter({ hasText: "airports" }).getByText("Ready").waitFor();
  });

  test("a question that can be read in two ways asks back, and is planned by a button", slow, async () => {
    await page.getByRole("link", { name: "Ask", exact: true }).click();
    await page.getByLabel("Your question", { exact: true }).fill("number of flights by state, top 5");
    await page.getByRole("button", { name: "Ask", exact: true }).click();
    await page.getByRole("heading", { name: "One thing has to be clear first" }).waitFor();
    await page
      .getByRole("group")
      .getByRole("button", { name: /origin/i })
      .first()
      .click();
    await page.getByText("Planned", { exact: true }).waitFor();
    await page.locator(".react-flow__node", { hasText: "join" }).first().waitFor();
  });

  test("words, plan and columns light up together", slow, async () => {
    const word = page.getByRole("button", { name: /^state, caused/ }).first();
    const lit = page.locator(".react-flow__node [data-lit]");
    await page.locator(".react-flow__node").first().waitFor();
    assert.equal(await lit.count(), 0);
    await word.hover();
    await lit.first().waitFor();
    await page.mouse.move(0, 0);
    await lit.first().waitFor({ state: "detached" });
    await word.focus();
    await lit.first().waitFor();
    await word.blur();
    await page.locator(".react-flow__node", { hasText: "aggregate" }).first().hover();
    await page.locator("h1 [data-lit]").first().waitFor();
    await page.mouse.move(0, 0);
  });

  test("it runs live on the page, is drawn, and goes out as the file that the interface gives", slow, async () => {
    await page.getByRole("button", { name: "Run", exact: true }).click();
    await page.getByText("Succeeded").first().waitFor({ timeout: 50_000 });
    await page.getByRole("img").locator("canvas").first().waitFor();
    const id = new URL(page.url()).searchParams.get("run") ?? "";
    runPath = `/runs/${id}`;
    const { json: run } = await owner.send("GET", `/v1/runs/${id}`);
    await page.getByRole("button", { name: "Download" }).click();
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("menuitem", { name: "CSV" }).click()]);
    const csv = await readFile(await download.path(), "utf8");
    assert.equal(csv, (await owner.send("GET", `/v1/runs/${id}/outputs/${run.outputs[0].name}?format=csv`)).text);
    assert.equal(csv.trim().split("\n").length, 6, csv);
    assert.equal(download.suggestedFilename(), `${run.outputs[0].name}.csv`);
  });

  test("it is kept as a river, and followed by another question", slow, async () => {
    await page.getByRole("button", { name: "Save as river" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("textbox", { name: "Name of the river" }).fill("busiest_states");
    await dialog.getByRole("button", { name: "Save" }).click();
    await page.getByRole("link", { name: "Kept as busiest_states" }).waitFor();
    assert.equal((await owner.send("GET", "/v1/rivers/busiest_states")).json.draft, false);
    const first = page.url();
    await page.getByLabel("Ask a follow-up", { exact: true }).and(page.locator("textarea")).fill("number of airports by state, top 3");
    await page.keyboard.press("Enter");
    await page.waitForURL((url) => !first.startsWith(`${url.origin}${url.pathname}`));
    await page.getByText("Planned", { exact: true }).waitFor();
  });

  test("a statement runs, and a wrong one is shown its place", slow, async () => {
    await page.getByRole("link", { name: "SQL", exact: true }).click();
    const editor = page.getByRole("textbox", { name: "Statement" });
    await editor.fill("select state, count(*) as airports\nfrom airports group by all order by airports desc limit 3");
    await page.keyboard.press("Control+Enter");
    await page.getByRole("gridcell", { name: "AK" }).waitFor();
    await editor.fill("select state,\n  count(*)) as airports\nfrom airports group by all");
    await page.keyboard.press("Control+Enter");
    await page
      .getByRole("alert")
      .getByText(/syntax error/)
      .first()
      .waitFor();
    await page.locator(".cm-line", { hasText: "count" }).locator(".cm-lintRange-error, .cm-lintPoint-error").first().waitFor();
  });

  test("what it cost is shown", slow, async () => {
    await page.getByRole("link", { name: "Usage", exact: true }).click();
    await page.getByText("Metered in this period").waitFor();
    await page
      .getByText(/^€0\.0*[1-9]/)
      .first()
      .waitFor();
    await page.getByRole("table", { name: "By river" }).getByRole("link").first().waitFor();
  });

  test("the browser had nothing to complain of", () =>
    assert.deepEqual(
      seat.complaints.list.filter((text) => !/\/v1\/queries/.test(text)),
      [],
    ));

  test("the token stands in no address and in no log", () => {
    const [, code = "-"] = /#link=(\S+)/.exec(stage.platform.readyLine()) ?? [];
    for (const secret of [owner.token, code]) {
      assert.ok(secret.length > 20);
      assert.deepEqual(
        addresses.filter((address) => address.includes(secret)),
        [],
      );
      assert.ok(!stage.platform.log().includes(secret), "the log holds a secret");
    }
  });
});

describe("several people and windows", () => {
  test("somebody else signs up, sees nothing of it, and finds nothing at the address of the run", slow, async () => {
    const other = await stage.seat({ ignore: [/404/] });
    await other.page.goto("/");
    await other.page.getByRole("button", { name: "No account yet? Create one" }).click();
    await other.page.getByRole("textbox", { name: "Your name" }).fill("Bea");
    await other.page.getByRole("textbox", { name: "E-mail address" }).fill("bea@example.test");
    await other.page.locator('input[name="password"]').fill("three rivers meet 42");
    await other.page.getByRole("button", { name: "Create the account" }).click();
    await other.page.getByText("There is nothing to ask about yet").waitFor();
    for (const [address, empty] of [
      ["/data", "No tables yet"],
      ["/rivers", "No river is kept yet"],
      ["/runs", "Nothing has run yet"],
      ["/usage", "Nothing was metered in this period"],
    ] as const) {
      await other.page.goto(address);
      await other.page.getByText(empty).waitFor();
    }
    await other.page.goto(runPath);
    await other.page
      .getByText(/RUN_NOT_FOUND|There is no such run|There is nothing at this address/)
      .first()
      .waitFor();
    assert.deepEqual(other.complaints.list, []);
    await other.context.close();
  });

  test("two windows see the same run, and a heavy one is cancelled from one of them for both", slow, async () => {
    const id = await startRiver(pairs("every_pair", "distance >= 0"), "every_pair");
    const second = await stage.seat({ account: { session: String(await page.evaluate("localStorage.getItem('rivergen.session')")) } });
    const windows = [page, second.page];
    for (const window of windows) await window.goto(`/runs/${id}`);
    for (const window of windows) await window.getByText("Running", { exact: true }).waitFor();
    for (const window of windows) await window.locator('.react-flow__node [data-status="running"]').first().waitFor();
    const begun = performance.now();
    await page.getByRole("button", { name: "Cancel" }).click();
    for (const window of windows) await window.getByText("The run was stopped").waitFor({ timeout: 10_000 });
    const took = performance.now() - begun;
    assert.ok(took < 4_000, `it took ${Math.round(took)} ms`);
    assert.equal((await owner.send("GET", `/v1/runs/${id}`)).json.status, "cancelled");
    assert.deepEqual(second.complaints.list, []);
    await second.context.close();
  });
});

test("the platform dies in the middle of a run: the page says so, comes back by itself, and the run ends", { timeout: 180_000 }, async () => {
  const session = String(await page.evaluate("localStorage.getItem('rivergen.session')"));
  const brave = await stage.seat({ account: { session }, ignore: lost });
  const id = await startRiver(pairs("some_pairs", "distance > 2400"), "some_pairs");
  await brave.page.goto(`/runs/${id}`);
  await brave.page.getByText("Running", { exact: true }).waitFor();
  await stage.platform.kill();
  await brave.page.getByText("Connection lost: trying again").waitFor();
  await stage.platform.restart();
  await brave.page.getByText("Connection lost: trying again").waitFor({ state: "detached", timeout: 30_000 });
  await brave.page.getByText("Succeeded", { exact: true }).first().waitFor({ timeout: 90_000 });
  const { json: run } = await owner.send("GET", `/v1/runs/${id}`);
  assert.equal(run.status, "succeeded");
  assert.ok(run.outputs[0].rowCount > 0);
  assert.deepEqual(brave.complaints.list, []);
  await brave.context.close();
});

async function startRiver(document: string, name: string): Promise<string> {
  const made = await owner.send("POST", "/v1/rivers", document, yaml);
  assert.equal(made.status, 201, made.text);
  const started = await owner.send("POST", `/v1/rivers/${name}/runs`, {});
  assert.equal(started.status, 202, started.text);
  return started.json.id as string;
}
