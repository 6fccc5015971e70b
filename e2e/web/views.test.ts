import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Page } from "@rivergen/testkit/browser";
import { findUnspoken, measureBundle, openStage, type Scene, type Seat, setScene, settle, showView, type Stage, type View, views } from "@rivergen/testkit/web";

type State = "full" | "empty" | "error";
interface Findings {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
  }[];
}

const wide = { width: 1440, height: 900 };
const phone = { width: 390, height: 844 };
/** Tablets, half the window for a zoom of 200 % (that is how browsers lay a page out then), a phone. */
const sizes: readonly (typeof wide)[] = [{ width: 1024, height: 768 }, { width: 768, height: 1024 }, { width: 720, height: 450 }, phone];
const mostBytes = 200_000;
const mostShift = 0.02;
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

/** Runs in the page before its own scripts. */
const watchShifts = `
  globalThis.shifts = [];
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput, sources } of list.getEntries())
      if (!hadRecentInput) globalThis.shifts.push({ value, what: sources.map(({ node }) => node?.outerHTML?.slice(0, 100) ?? "") });
  }).observe({ type: "layout-shift", buffered: true });
`;
/** Runs in the page some frames after its size changed: how much wider than the window it is. */
const measureOver = `new Promise((resolve) => {
  const wait = (frames) => frames > 0 ? requestAnimationFrame(() => wait(frames - 1)) : resolve(document.documentElement.scrollWidth - document.documentElement.clientWidth);
  wait(3);
})`;

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
  test(`every view, ${state}: nothing serious for a screen reader, nothing wider than its window, nothing that moves`, { timeout: 600_000 }, async () => {
    const queue = chooseViews(state);
    const found: string[] = [];
    // Two at a time: while one waits for the platform, the other is looked at.
    await Promise.all([1, 2].map(() => lookAtViews(queue, state, found)));
    assert.deepEqual(found, []);
  });

test("the first page needs at most 200 kB of JavaScript, and neither graph, chart nor editor", async (t) => {
  const { initial, gzipBytes, firstPage, lazy } = await measureBundle();
  t.diagnostic(`${initial.length} files, ${(gzipBytes / 1000).toFixed(1)} kB gzip`);
  assert.ok(initial.length > 1 && gzipBytes <= mostBytes, `${gzipBytes} bytes`);
  const heavy = Object.values(lazy).map(({ file }) => file);
  assert.deepEqual(
    heavy.filter((file) => initial.includes(file)),
    [],
  );
  const { page, context, complaints } = await stage.seat({ account: scene.somebody });
  const asked: string[] = [];
  page.on("request", (request) => asked.push(basename(new URL(request.url()).pathname)));
  await showView(page, viewOf("ask"), "/ask");
  assert.ok(asked.includes(basename(firstPage)), "the first page is the one that was measured");
  assert.deepEqual(
    heavy.filter((file) => asked.includes(basename(file))),
    [],
    "nor are they loaded meanwhile",
  );
  assert.deepEqual(complaints.list, []);
  await context.close();
});

test("the main path by keyboard alone, with the focus in sight", { timeout: 120_000 }, async () => {
  const { page, context } = await stage.seat();
  await page.goto("/ask");
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await tabTo(page, 'input[name="email"]');
  await page.keyboard.type(scene.somebody.email);
  await page.keyboard.press("Tab");
  await page.keyboard.type("three rivers meet 42");
  await page.keyboard.press("Enter");
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
  await tabTo(page, '[role="radiogroup"][aria-label="View"] input');
  await page.keyboard.press("ArrowRight");
  await tabTo(page, '[role="grid"]');
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox").waitFor();
  await page.keyboard.type("fli");
  await page.getByRole("option", { name: "flights" }).waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "flights" }).waitFor();
  await page.keyboard.press("Home");
  await tabTo(page, 'nav a[href="/rivers"]');
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Rivers", level: 1 }).waitFor();
  await page.goBack();
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

/** Where nothing is answered, all tables look alike, whichever part of one is asked for: one of a kind is enough. */
function chooseViews(state: State): View[] {
  const seen = new Set<string>();
  return views.filter((view) => {
    const path = pathOf(view, state);
    if (path === undefined || state !== "error" || view.act) return path !== undefined;
    const kind = path.replace(/\?.*/, "").replace(/^(\/(?:ask|data|rivers|runs)\/)(?!new$).+/, "$1");
    return !seen.has(kind) && seen.add(kind);
  });
}

const viewOf = (name: string): View => views.find((view) => view.name === name) ?? assert.fail(`no view ${name}`);

async function lookAtViews(queue: View[], state: State, found: string[]): Promise<void> {
  const seats = { inside: await openInside(state), public: await stage.seat() };
  await seats.inside.context.addInitScript(watchShifts);
  for (let view = queue.shift(); view; view = queue.shift()) {
    const { page } = view.isPublic === true ? seats.public : seats.inside;
    await page.setViewportSize(wide);
    await page.emulateMedia({ colorScheme: "light" });
    await showView(page, view, pathOf(view, state) ?? "/");
    const faults = state === "full" && !view.act && view.isPublic !== true ? await findShifts(page) : [];
    if (state !== "error") faults.push(...(await findUnspoken(page)));
    faults.push(...(await lookAt(page, state === "full" ? sizes : [phone])));
    for (const fault of faults) found.push(`${view.name}: ${fault}`);
  }
  await Promise.all([seats.inside.context.close(), seats.public.context.close()]);
}

/** What moved while the page was loaded, if it was more than nobody sees. */
async function findShifts(page: Page): Promise<string[]> {
  const shifts = (await page.evaluate("shifts")) as { readonly value: number; readonly what: readonly string[] }[];
  const sum = shifts.reduce((before, { value }) => before + value, 0);
  return sum > mostShift ? [`it moved by ${sum.toFixed(4)}: ${JSON.stringify(shifts)}`] : [];
}

async function openInside(state: State): Promise<Seat> {
  const seat = await stage.seat({ account: state === "empty" ? scene.nobody : scene.somebody });
  if (state === "error")
    await seat.page.route(/\/v1\/(?!realtime)|\/health\//, (route) => route.fulfill({ status: 500, contentType: "application/problem+json", body: problem }));
  return seat;
}

/** What is wrong with a page that is shown: in light, in dark, and in smaller windows. */
async function lookAt(page: Page, windows: typeof sizes): Promise<string[]> {
  await page.evaluate(axe);
  // `preload` fetches every style sheet again, for one rule about turned screens.
  const found = await findFaults(page, "light", "axe.run(document, { resultTypes: ['violations'], preload: false })");
  await page.emulateMedia({ colorScheme: "dark" });
  await page.locator('html[data-mantine-color-scheme="dark"]').waitFor();
  await settle(page);
  // Only colours change with the scheme.
  found.push(...(await findFaults(page, "dark", "axe.run(document, { resultTypes: ['violations'], preload: false, runOnly: ['color-contrast'] })")));
  for (const size of windows) {
    await page.setViewportSize(size);
    if (Number(await page.evaluate(measureOver)) <= 0) continue;
    // What is drawn anew for the size may come later.
    await settle(page);
    const over = Number(await page.evaluate(measureOver));
    if (over > 0) found.push(`${size.width} px: the page is ${over} px too wide`);
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
