import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Page } from "@rivergen/testkit/browser";
import { openStage, type Scene, type Seat, setScene, settle, showView, type Stage, type View, views } from "@rivergen/testkit/web";

type State = "full" | "empty" | "error";
interface Findings {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
  }[];
}

/** Half the window stands for a zoom of 200 %: that is how browsers lay a page out then. */
const sizes = [
  { name: "zoom 200 %", width: 720, height: 450 },
  { name: "390 px", width: 390, height: 844 },
] as const;
const wide = { width: 1440, height: 900 };
/** Not to be tried again, so that the page says so at once. */
const problem = JSON.stringify({
  type: "about:blank",
  title: "Something failed that should not",
  status: 500,
  code: "INTERNAL",
  detail: "The catalogue broke.",
  requestId: "req_0123456789abcdef",
});

/** Runs in the page: whether what has the focus says so, itself or by what stands around it. */
const focusNow = `(() => {
  const element = document.activeElement;
  const around = [element, element.nextElementSibling];
  for (let each = element.parentElement; each && around.length < 7; each = each.parentElement) around.push(each);
  const styles = around.filter(Boolean).map((each) => getComputedStyle(each));
  const isShown = element === document.body || styles.some(({ outlineStyle, outlineWidth, boxShadow }) => (outlineStyle !== "none" && outlineWidth !== "0px") || boxShadow !== "none");
  // Fields change the colour of their border, by way of this variable.
  const own = getComputedStyle(element);
  const [border, focused] = ["--input-bd", "--input-bd-focus"].map((name) => own.getPropertyValue(name));
  return { isShown: isShown || (focused !== "" && border === focused), html: element.outerHTML.slice(0, 160) };
})()`;

let stage: Stage;
let scene: Scene;
let axe: string;

before(async () => {
  axe = await readFile(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8");
  stage = await openStage();
  scene = await setScene(stage.platform.url);
});
after(() => stage.close());

for (const state of ["full", "empty", "error"] as const)
  test(`every view, ${state}: nothing serious for a screen reader, nothing wider than its window`, { timeout: 300_000 }, async () => {
    const queue = views.filter((view) => pathOf(view, state) !== undefined);
    const found: string[] = [];
    // Two at a time: while one waits for the platform, the other is looked at.
    await Promise.all([1, 2].map(() => lookAtViews(queue, state, found)));
    assert.deepEqual(found, []);
  });

test("the main path by keyboard alone, with the focus in sight", { timeout: 120_000 }, async () => {
  const { page, context } = await stage.seat({ account: scene.somebody });
  await page.goto("/ask");
  await page.locator("textarea:focus").waitFor();
  await page.keyboard.type("number of flights by state, top 3");
  await page.keyboard.press("Enter");
  // Which of the readings is meant is asked where the planner is not sure.
  await page.waitForURL(/\/ask\/./);
  await page.locator("h1", { hasText: "number of flights" }).waitFor();
  if (await page.getByText("Asks back").isVisible()) {
    await tabTo(page, "fieldset button");
    await page.keyboard.press("Enter");
  }
  await page.getByText("Planned", { exact: true }).waitFor();
  await tabTo(page, "button", "Run");
  await page.keyboard.press("Enter");
  await page.getByText("Succeeded", { exact: true }).waitFor();
  await page.keyboard.press("Home");
  await tabTo(page, 'nav a[href="/data"]');
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Data" }).waitFor();
  await tabTo(page, 'td a[href="/data/flights"]');
  await page.keyboard.press("Enter");
  await page.getByRole("grid").waitFor();
  await tabTo(page, '[role="grid"]');
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page
    .getByText("Copy", { exact: true })
    .or(page.getByRole("button", { name: "Copy" }))
    .first()
    .waitFor();
  await context.close();
});

test("nothing moves for those who asked for no motion", { timeout: 60_000 }, async () => {
  const { page, context } = await stage.seat({ account: scene.somebody });
  await page.emulateMedia({ reducedMotion: "reduce" });
  // Answers that do not come: skeletons and spinners stay.
  await page.route(/\/v1\/(?!realtime)/, () => {});
  for (const path of ["/data", "/rivers", "/runs", `/runs/${scene.runs.succeeded}`]) {
    await page.goto(path);
    await page.locator("h1").waitFor();
    const longest = await page.evaluate("Math.max(0, ...document.getAnimations().map(({ effect }) => Number(effect?.getComputedTiming().duration ?? 0)))");
    assert.ok(Number(longest) <= 1, `${path}: something moves for ${String(longest)} ms`);
  }
  await context.close();
});

/** Presses Tab until something that fits has the focus, and sees to it that every stop on the way shows its focus. */
async function tabTo(page: Page, selector: string, text = ""): Promise<void> {
  for (let presses = 0; presses < 120; presses += 1) {
    await page.keyboard.press("Tab");
    const at = (await page.evaluate(focusNow)) as { readonly isShown: boolean; readonly html: string };
    assert.ok(at.isShown, `the focus cannot be seen at ${at.html}`);
    if (
      await page
        .locator(`${selector}:focus`)
        .filter({ hasText: text === "" ? /[^]*/ : new RegExp(`^\\s*${text}\\s*$`) })
        .count()
    )
      return;
  }
  assert.fail(`${selector} ${text} is not reached by Tab`);
}

function pathOf(view: View, state: State): string | undefined {
  if (view.isPublic === true) return state === "full" ? view.full(scene) : undefined;
  return state === "empty" ? view.empty : view.full(scene);
}

async function lookAtViews(queue: View[], state: State, found: string[]): Promise<void> {
  const seats = { inside: await openInside(state), public: await stage.seat() };
  for (let view = queue.shift(); view; view = queue.shift()) {
    const { page } = view.isPublic === true ? seats.public : seats.inside;
    await page.setViewportSize(wide);
    await page.emulateMedia({ colorScheme: "light" });
    await showView(page, view, pathOf(view, state) ?? "/");
    for (const finding of await lookAt(page)) found.push(`${view.name}: ${finding}`);
  }
  await Promise.all([seats.inside.context.close(), seats.public.context.close()]);
}

async function openInside(state: State): Promise<Seat> {
  const seat = await stage.seat({ account: state === "empty" ? scene.nobody : scene.somebody });
  if (state === "error")
    await seat.page.route(/\/v1\/(?!realtime)|\/health\//, (route) => route.fulfill({ status: 500, contentType: "application/problem+json", body: problem }));
  return seat;
}

/** What is wrong with a page that is shown: in light, in dark, zoomed and on a phone. */
async function lookAt(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const found = await findFaults(page, "light", "axe.run(document, { resultTypes: ['violations'] })");
  await page.emulateMedia({ colorScheme: "dark" });
  await page.locator('html[data-mantine-color-scheme="dark"]').waitFor();
  await settle(page);
  // Only colours change with the scheme.
  found.push(...(await findFaults(page, "dark", "axe.run(document, { resultTypes: ['violations'], runOnly: ['color-contrast'] })")));
  for (const { name, width, height } of sizes) {
    await page.setViewportSize({ width, height });
    await settle(page);
    const over = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
    if (Number(over) > 0) found.push(`${name}: the page is ${String(over)} px too wide`);
  }
  return found;
}

async function findFaults(page: Page, scheme: string, script: string): Promise<string[]> {
  const { violations } = (await page.evaluate(script)) as Findings;
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) =>
      nodes.slice(0, 3).map(({ html, failureSummary }) => `${scheme}: ${id}: ${html.slice(0, 200)}: ${failureSummary.replaceAll(/\s+/g, " ")}`),
    );
}
