import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import type { Page } from "@rivergen/testkit/browser";
import { type Account, openAccount, openStage, type Stage } from "@rivergen/testkit/web";

const yaml = { "content-type": "application/yaml" };
const slow = { timeout: 90_000 };
/** The flow ends at once; what follows it does not end before any test does. */
const river = (name: string, rest: string, from: string): string => `apiVersion: rivergen.dev/v1
river: ${name}
sources: { ones: { dataset: ones }, twos: { dataset: twos }, threes: { dataset: threes } }
steps:
  tidied: { from: ones, flow: { type: handle, error_handler: dead-letter, child: { ref: fail, config: { message: too small, when: a < 12 } } } }
${rest}outputs: { ${name}_out: { from: ${from} } }
`;
const endless = `  pairs: { from: tidied, join: { to: twos, where: a + twos.b >= 0, type: inner } }
  triples: { from: pairs, join: { to: threes, where: a + threes.c >= 0, type: inner } }
  counted: { from: triples, aggregate: { values: { all: count(*) } } }
`;

let stage: Stage;
let me: Account;

before(async () => {
  stage = await openStage();
  me = await openAccount(stage.platform.url, "Dee");
  const numbers = Array.from({ length: 4_000 }, (_, i) => i).join("\n");
  for (const [name, column] of [
    ["ones", "a"],
    ["twos", "b"],
    ["threes", "c"],
  ] as const)
    assert.equal((await me.send("PUT", `/v1/files/${name}.csv`, `${column}\n${numbers}\n`, { "content-type": "text/csv", prefer: "wait=60" })).status, 201);
  for (const document of [river("tidy", "", "tidied"), river("long", endless, "counted")])
    assert.equal((await me.send("POST", "/v1/rivers", document, yaml)).status, 201);
});
after(() => stage.close());

const step = (page: Page) => page.getByRole("row", { name: /tidied/ });
const shown = (page: Page) => page.getByRole("tab", { name: "Set aside by tidied 12", selected: true });

test("what a flow sets aside is shown as soon as its step ends, and is read while the run goes on", slow, async () => {
  const { page, context, complaints } = await stage.seat({ account: me });
  await page.goto("/rivers/long");
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await page.waitForURL(/\/runs\/run_/);
  await page.evaluate("window.isSamePage = true");
  const button = step(page).getByRole("button", { name: "12 set aside" });
  await button.waitFor({ timeout: 30_000 });
  await page.locator(".react-flow__node", { hasText: "tidied" }).getByText("12 set aside").waitFor();
  await button.click();
  await shown(page).waitFor();
  await page.getByRole("gridcell", { name: "too small" }).first().waitFor();
  assert.equal(await page.evaluate("window.isSamePage"), true, "nothing was loaded anew");
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByText("The run was stopped").first().waitFor();
  await shown(page).waitFor();
  assert.deepEqual(complaints.list, []);
  await context.close();
});

test("a click on the node shows it, its address shows it again, and it is taken away like an output", slow, async () => {
  const { json: run } = await me.send("POST", "/v1/rivers/tidy/runs", {}, { prefer: "wait=30" });
  const { page, context, complaints } = await stage.seat({ account: me });
  await page.goto(`/runs/${run.id}`);
  await page.getByRole("tab", { name: "tidy_out 3,988", selected: true }).waitFor();
  await page.locator(".react-flow__node", { hasText: "tidied" }).first().click();
  await shown(page).waitFor();
  await page.getByText("They are in no result.").waitFor();
  assert.equal(new URL(page.url()).searchParams.get("output"), "tidied.set_aside");
  await page.getByRole("gridcell", { name: "too small" }).first().waitFor();
  const headings = await page.getByRole("grid").getByRole("columnheader").allInnerTexts();
  assert.ok(headings.findIndex((text) => text.includes("set_aside_reason")) < headings.findIndex((text) => /^a\b/.test(text)), headings.join());
  const second = await context.newPage();
  await second.goto(page.url());
  await shown(second).waitFor();
  await second.getByRole("button", { name: "Download" }).click();
  const [download] = await Promise.all([second.waitForEvent("download"), second.getByRole("menuitem", { name: "CSV" }).click()]);
  assert.equal(download.suggestedFilename(), "tidied.set_aside.csv");
  assert.equal((await readFile(await download.path(), "utf8")).trim().split("\n").length, 13);
  // JSON comes in pages over the interface; here all of it.
  await second.getByRole("tab", { name: /^tidy_out/ }).click();
  await second.getByRole("button", { name: "Download" }).click();
  const [whole] = await Promise.all([second.waitForEvent("download"), second.getByRole("menuitem", { name: "JSON", exact: true }).click()]);
  assert.equal(whole.suggestedFilename(), "tidy_out.json");
  assert.equal((JSON.parse(await readFile(await whole.path(), "utf8")) as { rows: unknown[] }).rows.length, 3_988);
  assert.deepEqual(complaints.list, []);
  await context.close();
});
