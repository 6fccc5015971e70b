import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { openStage, type Scene, setScene, showView, type Stage, type View, views } from "@rivergen/testkit/web";

interface Chunk {
  readonly file: string;
  readonly imports?: readonly string[];
  readonly isEntry?: boolean;
}
type Manifest = Readonly<Record<string, Chunk>>;

const dist = new URL("../../services/web/dist/", import.meta.url);
const mostBytes = 200_000;
/** What somebody sees first who is signed in. */
const firstPage = "src/pages/ask/ask-page.tsx";
/** Loaded when they are shown. */
const lazy = ["src/components/graph/canvas.tsx", "src/components/chart/chart.tsx", "src/components/code-editor/editor-field.tsx"];
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
  const manifest = JSON.parse(await readFile(new URL(".vite/manifest.json", dist), "utf8")) as Manifest;
  const entry = Object.keys(manifest).find((name) => manifest[name]?.isEntry);
  const initial = closure(manifest, [entry ?? "", firstPage]);
  const sizes = await Promise.all(initial.map(async (file) => gzipSync(await readFile(new URL(file, dist))).length));
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  t.diagnostic(`${initial.length} files, ${(bytes / 1000).toFixed(1)} kB gzip`);
  assert.ok(initial.length > 1 && bytes <= mostBytes, `${bytes} bytes`);
  const heavy = lazy.map((name) => manifest[name]?.file ?? assert.fail(`${name} is no chunk of its own`));
  assert.deepEqual(
    heavy.filter((file) => initial.includes(file)),
    [],
  );

  const { page, context, complaints } = await stage.seat({ account: scene.somebody });
  const asked: string[] = [];
  page.on("request", (request) => asked.push(basename(new URL(request.url()).pathname)));
  await showView(page, viewOf("ask"), "/ask");
  assert.ok(asked.includes(basename(manifest[firstPage]?.file ?? "")), "the first page is the one that was measured");
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

/** Files of these chunks and of everything that they import at once. */
function closure(manifest: Manifest, names: readonly string[]): string[] {
  const found = new Set<string>();
  const add = (name: string): void => {
    if (found.has(name)) return;
    found.add(name);
    for (const imported of (manifest[name] ?? assert.fail(`no chunk ${name}`)).imports ?? []) add(imported);
  };
  names.forEach(add);
  return [...new Set([...found].map((name) => manifest[name]?.file ?? ""))];
}

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
