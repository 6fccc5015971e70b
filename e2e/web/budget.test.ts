import assert from "node:assert/strict";
import { basename } from "node:path";
import { after, before, test } from "node:test";
import { measureBundle, openStage, type Scene, setScene, showView, type Stage, type View, views } from "@rivergen/testkit/web";

const mostBytes = 200_000;
const mostShift = 0.02;
/** Runs in the page before its own scripts. */
const watchShifts = `
  globalThis.shifts = [];
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput, sources } of list.getEntries())
      if (!hadRecentInput) globalThis.shifts.push({ value, what: sources.map(({ node }) => node?.outerHTML?.slice(0, 100) ?? "") });
  }).observe({ type: "layout-shift", buffered: true });
`;

let stage: Stage;
let scene: Scene;

before(async () => {
  stage = await openStage();
  scene = await setScene(stage.platform.url);
});
after(() => stage.close());

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

test("nothing moves while a view is loaded", { timeout: 300_000 }, async () => {
  const queue = views.filter(({ act, isPublic }) => act === undefined && isPublic !== true);
  const moved: string[] = [];
  await Promise.all([1, 2].map(() => measureViews(queue, moved)));
  assert.deepEqual(moved, []);
});

const viewOf = (name: string): View => views.find((view) => view.name === name) ?? assert.fail(`no view ${name}`);

async function measureViews(queue: View[], moved: string[]): Promise<void> {
  const { page, context } = await stage.seat({ account: scene.somebody });
  await context.addInitScript(watchShifts);
  for (let view = queue.shift(); view; view = queue.shift()) {
    await showView(page, view, view.full(scene));
    const shifts = (await page.evaluate("shifts")) as { readonly value: number; readonly what: readonly string[] }[];
    const sum = shifts.reduce((before, { value }) => before + value, 0);
    if (sum > mostShift) moved.push(`${view.name}: ${sum.toFixed(4)} ${JSON.stringify(shifts)}`);
  }
  await context.close();
}
