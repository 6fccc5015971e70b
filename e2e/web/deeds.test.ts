import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { eventually } from "@rivergen/testkit";
import type { Page } from "@rivergen/testkit/browser";
import { type Account, openAccount, openStage, type Seat, type Stage } from "@rivergen/testkit/web";

const yaml = { "content-type": "application/yaml" };
const slow = { timeout: 90_000 };
const river = (description: string): string => `apiVersion: rivergen.dev/v1
river: by_state
description: ${description}
sources: { orders: { dataset: orders } }
steps: { counted: { from: orders, aggregate: { by: [state], values: { orders: count(*) } } } }
outputs: { orders_by_state: { from: counted } }
`;
/** Every row beside every row beside every row: longer than any test waits. */
const endless = `apiVersion: rivergen.dev/v1
river: endless
sources: { ones: { dataset: ones }, twos: { dataset: twos }, threes: { dataset: threes } }
steps:
  pairs: { from: ones, join: { to: twos, where: a + twos.b >= 0, type: inner } }
  triples: { from: pairs, join: { to: threes, where: a + threes.c >= 0, type: inner } }
  counted: { from: triples, aggregate: { values: { all: count(*) } } }
outputs: { endless_out: { from: counted } }
`;
/** Words that are no numbers: it fails while it runs. */
const failing = river("fails").replace("by_state", "failing").replace("orders_by_state", "failing_out").replace("count(*)", "sum(cast(state as integer))");

let stage: Stage;
let me: Account;

before(async () => {
  stage = await openStage();
  me = await openAccount(stage.platform.url, "Dee");
  const orders = Array.from({ length: 300 }, (_, i) => `${i},2024-0${(i % 9) + 1}-11,${i * 3},${["CA", "TX", "NY"][i % 3]}`);
  const numbers = Array.from({ length: 4_000 }, (_, i) => i).join("\n");
  const tables = { orders: `id,ordered,amount,state\n${orders.join("\n")}\n`, ones: `a\n${numbers}\n`, twos: `b\n${numbers}\n`, threes: `c\n${numbers}\n` };
  await Promise.all(
    Object.entries(tables).map(([name, text]) => made("PUT", `/v1/files/${name}.csv`, text, { "content-type": "text/csv", prefer: "wait=60" })),
  );
  await made("POST", "/v1/rivers", river("first"), yaml);
  await made("PUT", "/v1/rivers/by_state", river("second"), yaml);
  await made("POST", "/v1/rivers", endless, yaml);
  await made("POST", "/v1/rivers", failing, yaml);
});
after(() => stage.close());

async function made(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<{ readonly id: string }> {
  const { status, text, json } = await me.send(method, path, body, headers);
  assert.ok(status < 300, `${method} ${path}: ${status} ${text}`);
  return json as { id: string };
}

const sit = (ignore: readonly RegExp[] = []): Promise<Seat> => stage.seat({ account: me, ignore });
const editor = (page: Page) => page.getByRole("textbox", { name: "River document" });
const descriptionOf = async (version: number): Promise<string> => (await me.send("GET", `/v1/rivers/by_state?version=${version}`)).json.document?.description;

/** Cuts a page off from live news, before it is opened; `free` lets it hear again. */
async function holdNews(page: Page): Promise<{ free(): void }> {
  const { promise, resolve } = Promise.withResolvers<void>();
  await page.routeWebSocket(/\/v1\/realtime/, async (socket) => {
    await promise;
    socket.connectToServer();
  });
  return { free: resolve };
}

/** Writes another description into the open text, which holds again after that. */
async function describeAs(page: Page, text: string): Promise<void> {
  const before = await editor(page).innerText();
  await editor(page).fill(before.replace(/^description: .*$/m, `description: ${text}`));
  await page.getByText("Valid", { exact: true }).waitFor();
}

test("a river changed in two windows: the later one is told, loses nothing, and goes on", slow, async () => {
  const [first, second] = [await sit(), await sit([/412/])];
  await holdNews(second.page);
  for (const { page } of [first, second]) await page.goto("/rivers/by_state");
  await describeAs(first.page, "third, of the first window");
  await describeAs(second.page, "third, of the second window");
  await first.page.getByRole("button", { name: "Save as next version" }).click();
  await first.page.getByText("by_state is saved as version 3").waitFor();
  await second.page.getByRole("button", { name: "Save as next version" }).click();
  const told = second.page.getByRole("alert");
  await told.getByText("Somebody saved a newer version meanwhile").waitFor();
  assert.equal(await descriptionOf(4), undefined, "nothing was run over");
  // What the other one wrote can be looked at: one's own text stays.
  await second.page.getByRole("tab", { name: "Versions" }).click();
  await second.page.getByRole("region", { name: "Changes from version 2 to version 3" }).getByText("of the first window").waitFor();
  await second.page.getByRole("tab", { name: "Document" }).click();
  assert.match(await editor(second.page).innerText(), /of the second window/);
  await told.getByRole("button", { name: "Save mine as the next version" }).click();
  await second.page.getByText("by_state is saved as version 4").waitFor();
  assert.deepEqual([await descriptionOf(3), await descriptionOf(4)], ["third, of the first window", "third, of the second window"]);
  // Who has nothing unsaved just sees the newest.
  await first.page.getByRole("alert").getByRole("button", { name: "Show version 4" }).click();
  await first.page.locator(".cm-line", { hasText: "of the second window" }).waitFor();
  assert.deepEqual([...first.complaints.list, ...second.complaints.list], []);
  await Promise.all([first.context.close(), second.context.close()]);
});

test("a river goes back to an older version, with what that changes in sight", slow, async () => {
  const { page, context, complaints } = await sit();
  const { json: newest } = await me.send("GET", "/v1/rivers/by_state");
  await page.goto("/rivers/by_state?tab=versions");
  await page
    .getByRole("textbox", { name: "Compare" })
    .or(page.getByRole("combobox", { name: "Compare" }))
    .first()
    .click();
  await page.getByRole("option", { name: /^version 1/ }).click();
  const changes = page.getByRole("region", { name: `Changes from version 1 to version ${newest.version}` });
  await changes.getByText("removed description: first").waitFor();
  await page.getByRole("button", { name: "Go back to version 1" }).click();
  await page.getByText(`Made version ${newest.version + 1}, with the older text`).waitFor();
  assert.equal(await descriptionOf(newest.version + 1), "first");
  assert.equal(await descriptionOf(newest.version), newest.document.description);
  assert.deepEqual(complaints.list, []);
  await context.close();
});

test("a folder is uploaded as it lies; what is cancelled is stopped, and sent again on request", slow, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "rivergen-folder-"));
  t.after(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, "years"));
  const lines = Array.from({ length: 120_000 }, (_, index) => `${index},number ${index}`);
  await writeFile(join(folder, "years", "long.csv"), `id,text\n${lines.join("\n")}\n`);
  await writeFile(join(folder, "short.csv"), "id,text\n1,one\n");
  await writeFile(join(folder, ".hidden"), "x");
  const { page, context, complaints } = await sit();
  await page.goto("/data");
  const network = await context.newCDPSession(page);
  const limit = (uploadThroughput: number) =>
    network.send("Network.emulateNetworkConditions", { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput });
  await network.send("Network.enable");
  await limit(300_000);
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.getByRole("button", { name: "Upload a folder" }).click()]);
  await chooser.setFiles(folder);
  const uploads = page.getByRole("region", { name: "Uploads" });
  const long = uploads.getByRole("listitem").filter({ hasText: "long.csv" });
  await long.getByText(/Sending, [1-9]\d?%/).waitFor();
  await long.getByRole("progressbar").waitFor();
  await uploads.getByRole("listitem").filter({ hasText: "short.csv" }).getByRole("link", { name: "short" }).waitFor();
  await long.getByRole("button", { name: /^Cancel/ }).click();
  await long.getByText("Cancelled").waitFor();
  await limit(-1);
  await long.getByRole("button", { name: /again$/ }).click();
  await long.getByText("120,000 rows").waitFor();
  await uploads.getByText("2 uploads finished").waitFor();
  const { json: files } = await me.send("GET", "/v1/files");
  const paths = (files.items as { path: string }[]).map(({ path }) => path).filter((path) => path.startsWith("rivergen-folder-"));
  assert.deepEqual(
    paths.map((path) => path.replace(/^[^/]+\//, "")).toSorted(),
    ["short.csv", "years/long.csv"],
    "folders are kept, hidden files are left where they are",
  );
  assert.deepEqual(complaints.list, []);
  await context.close();
});

test("a statement is stopped, and the next one is answered", slow, async () => {
  const { page, context, complaints } = await sit();
  await page.goto("/sql");
  const statement = page.getByRole("textbox", { name: "Statement" });
  await statement.fill("select count(*) from ones, twos, threes where a + b + c > 0");
  await page.getByRole("button", { name: "Run", exact: true }).click();
  const outcome = page.getByRole("status").filter({ hasText: /Running|Cancelled|row/ });
  await outcome.getByText(/Running, [\d.]+ s/).waitFor();
  await page.getByRole("button", { name: "Cancel" }).click();
  await outcome.getByText("Cancelled").waitFor();
  await statement.fill("select max(a) as highest from ones");
  await page.keyboard.press("Control+Enter");
  await page.getByRole("gridcell", { name: "3,999" }).waitFor({ timeout: 15_000 });
  assert.deepEqual(complaints.list, []);
  await context.close();
});

test("a run that was stopped goes on, one that failed tries again; each change of state is announced", slow, async () => {
  const { page, context, complaints } = await sit();
  const { id } = await made("POST", "/v1/rivers/endless/runs", {});
  await page.goto(`/runs/${id}`);
  const announced = page.locator('[aria-live="polite"]');
  await announced.getByText("Running", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Cancel" }).click();
  await announced.getByText("Cancelled", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Resume" }).click();
  await announced.getByText("Running", { exact: true }).waitFor();
  await announced.getByText("attempt 2").waitFor();
  await page.getByRole("button", { name: "Cancel" }).click();
  await announced.getByText("Cancelled", { exact: true }).waitFor();

  const failed = await made("POST", "/v1/rivers/failing/runs", {}, { prefer: "wait=30" });
  await page.goto(`/runs/${failed.id}`);
  await page.getByRole("alert").getByText("counted", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Resume" }).click();
  await announced.getByText("attempt 2").waitFor();
  await announced.getByText("Failed", { exact: true }).waitFor();
  await page.getByRole("alert").getByText("counted", { exact: true }).waitFor();
  assert.deepEqual(complaints.list, []);
  await context.close();
});

test("another reading is planned by a click; a changed plan is not lost by accident, and saved and run", slow, async () => {
  const { page, context, complaints } = await sit();
  const { id } = await made("POST", "/v1/prompts", { text: "number of orders by month" });
  await page.goto(`/ask/${id}`);
  await page.getByText("Planned", { exact: true }).waitFor();
  const planned = async (): Promise<string> => JSON.stringify((await me.send("GET", `/v1/prompts/${id}`)).json.river.document);
  const before = await planned();
  await page
    .getByRole("button", { name: /different ordered/ })
    .first()
    .click();
  await eventually(async () => (await planned()) !== before, { what: "another plan" });
  await page.locator(".cm-line", { hasText: "distinct" }).first().waitFor();

  await describeAs(page, "changed by hand");
  await page.getByText("edited", { exact: true }).waitFor();
  await page.getByRole("link", { name: "Data", exact: true }).click();
  const asked = page.getByRole("dialog", { name: "This text is not saved" });
  await asked.getByRole("button", { name: "Stay here" }).click();
  assert.equal(new URL(page.url()).pathname, `/ask/${id}`);
  assert.match(await editor(page).innerText(), /changed by hand/);
  await page.getByRole("button", { name: "Save and run" }).click();
  const dialog = page.getByRole("dialog", { name: "Save as river" });
  await dialog.getByRole("textbox", { name: "Name of the river" }).fill("by_hand");
  await dialog.getByRole("button", { name: "Save and run" }).click();
  await page.waitForURL(/\/runs\/run_/);
  await page.getByText("Succeeded", { exact: true }).first().waitFor();
  assert.equal((await me.send("GET", "/v1/rivers/by_hand")).json.document.description, "changed by hand");
  assert.deepEqual(complaints.list, []);
  await context.close();
});

test("an unsaved text is asked about on the way back and when the window is closed", slow, async () => {
  const { page, context, complaints } = await sit();
  await page.goto("/rivers");
  await page.getByRole("link", { name: "by_state" }).click();
  await describeAs(page, "never saved");
  await page.goBack();
  const asked = page.getByRole("dialog", { name: "This text is not saved" });
  await asked.getByRole("button", { name: "Stay here" }).click();
  await asked.waitFor({ state: "detached" });
  assert.match(await editor(page).innerText(), /never saved/);
  const warned = page.waitForEvent("dialog");
  await page.close({ runBeforeUnload: true });
  const warning = await warned;
  assert.equal(warning.type(), "beforeunload");
  await warning.dismiss();
  assert.match(await editor(page).innerText(), /never saved/);
  await page.getByRole("link", { name: "Runs", exact: true }).click();
  await asked.getByRole("button", { name: "Leave without saving" }).click();
  await page.getByRole("heading", { name: "Runs", level: 1 }).waitFor();
  assert.deepEqual(complaints.list, []);
  await context.close();
});

test("what happens between the first look and the live connection is not missed", slow, async () => {
  const { page, context } = await sit();
  const { id } = await made("POST", "/v1/rivers/endless/runs", {});
  const news = await holdNews(page);
  await page.goto("/runs?river=endless");
  const row = page.getByRole("row").filter({ has: page.locator(`a[href="/runs/${id}"]`) });
  await row.getByText("Running").waitFor();
  await made("POST", `/v1/runs/${id}/cancel`, {});
  await eventually(async () => (await me.send("GET", `/v1/runs/${id}`)).json.status === "cancelled", { what: "the end of the run" });
  await row.getByText("Running").waitFor();
  news.free();
  await row.getByText("Cancelled").waitFor();
  await context.close();
});

test("a window that slept shows what happened meanwhile; back and forward lead through what was seen", slow, async () => {
  const { page, context, complaints } = await sit();
  const { id } = await made("POST", "/v1/rivers/endless/runs", {});
  await page.goto("/data");
  await page.getByRole("link", { name: "orders", exact: true }).click();
  await page.getByRole("tab", { name: "Profile" }).click();
  await page.getByRole("link", { name: "Runs", exact: true }).click();
  await page.locator(`a[href="/runs/${id}"]`).first().click();
  await page.getByText("Running", { exact: true }).first().waitFor();
  const window = await context.newCDPSession(page);
  await window.send("Page.setWebLifecycleState", { state: "frozen" });
  await made("POST", `/v1/runs/${id}/cancel`, {});
  await window.send("Page.setWebLifecycleState", { state: "active" });
  await page.getByText("The run was stopped").first().waitFor();
  await page.goBack();
  await page.getByRole("heading", { name: "Runs", level: 1 }).waitFor();
  await page.goBack();
  await page.getByRole("tab", { name: "Profile", selected: true }).waitFor();
  await page.goForward();
  await page.goForward();
  await page.getByText("The run was stopped").first().waitFor();
  assert.equal(new URL(page.url()).pathname, `/runs/${id}`);
  assert.deepEqual(complaints.list, []);
  await context.close();
});

test("a session that ends while a page is open leads to the sign-in page, and back to the same address", slow, async () => {
  const { json: own } = await me.send("POST", "/v1/auth/sign-in", { email: me.email, password: "three rivers meet 42" });
  const session = JSON.stringify({ ...JSON.parse(me.session), token: own.token });
  const { page, context } = await stage.seat({ account: { session }, ignore: [/401/] });
  await page.goto("/rivers/by_state?tab=versions");
  await page.getByRole("tab", { name: "Versions", selected: true }).waitFor();
  await me.send("POST", "/v1/auth/sign-out", {}, { authorization: `Bearer ${own.token}` });
  await page.getByRole("tab", { name: "Runs" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  assert.equal(new URL(page.url()).searchParams.get("next"), "/rivers/by_state?tab=runs");
  await page.getByRole("textbox", { name: "E-mail address" }).fill(me.email);
  await page.locator('input[name="password"]').fill("three rivers meet 42");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("tab", { name: "Runs", selected: true }).waitFor();
  assert.equal(`${new URL(page.url()).pathname}${new URL(page.url()).search}`, "/rivers/by_state?tab=runs");
  await context.close();
});
