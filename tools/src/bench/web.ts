import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import type { RiverGenClient } from "@rivergen/client";
import { uploadFile } from "@rivergen/client/node";
import { type Browser, launchBrowser, type Page } from "@rivergen/testkit/browser";
import { type Bundle, measureBundle, openSeat, settle } from "@rivergen/testkit/web";
import { root } from "../root.ts";
import { type BenchResult, compare, median } from "./compare.ts";
import { startPlatform, withFolder } from "./platform.ts";

const ROUNDS = 5;
const ROWS = 1_000_000;
/** Turns of the wheel for each stretch, and pixels of each. */
const TURNS = 150;
const TURN_PIXELS = 400;
const FRAME_MS = 1_000 / 60;

/** Times between frames while the wheel turned, in milliseconds. */
interface Frames {
  readonly frames: number;
  readonly p50: number;
  readonly p95: number;
  readonly longest: number;
  /** Shares of frames that came in time for 60 and for 30 pictures a second. */
  readonly within60Hz: number;
  readonly within30Hz: number;
}
export interface WebResult extends BenchResult {
  /** From the first row on, and from the middle of the table on, where no row was read before. */
  readonly scroll: { readonly rows: number; readonly fromTop: Frames; readonly fromMiddle: Frames };
  readonly bundle: { readonly initialBytes: number; readonly files: number; readonly lazyBytes: Readonly<Record<keyof Bundle["lazy"], number>> };
}

/** Runs in the page before its own scripts: notes when one can type and every part that was waited for is there. */
const noteUsable = `
  new MutationObserver((_, observer) => {
    if (!document.querySelector("textarea:enabled") || document.querySelector(".mantine-Skeleton-root[data-visible]")) return;
    observer.disconnect();
    requestAnimationFrame(() => (globalThis.usableAt = performance.now()));
  }).observe(document, { subtree: true, childList: true, attributes: true });
`;
/** Runs in the page: notes the time of every frame from now on. */
const noteFrames = `
  globalThis.frameTimes = [];
  globalThis.noteFrame = (time) => { globalThis.frameTimes.push(time); globalThis.frameRequest = requestAnimationFrame(globalThis.noteFrame); };
  requestAnimationFrame(globalThis.noteFrame);
`;

/**
 * The first page of somebody who is signed in, from the start of the navigation until one can type and the examples made
 * of the tables stand below; every time in a browser that has kept nothing. Beside it the reference at `/docs` of the
 * same gateway until it is painted: a page without any script, so what it takes is the machine, the browser and the
 * gateway, and what lies between is ours. Then a table of a million rows under the wheel, and the sizes of the build.
 */
export async function benchWeb(): Promise<WebResult> {
  return withFolder(async (folder) => {
    await mkdir(join(folder, "home"));
    const platform = await startPlatform(join(folder, "home"));
    const browser = await launchBrowser();
    try {
      const client = await platform.signIn();
      await loadTables(client, folder);
      const session = await openSession(client);
      const result = await compare({
        name: "web",
        unit: "ms",
        peerName: "/docs, which has no script",
        rounds: ROUNDS,
        versions: { chromium: browser.version() },
        ours: () => viewFirst(browser, platform.url, session),
        peer: () => viewReference(browser, platform.url),
      });
      const scroll = await scrollMillion(browser, platform.url, session);
      const { initial, gzipBytes, lazy } = await measureBundle();
      const lazyBytes = { graph: lazy.graph.gzipBytes, chart: lazy.chart.gzipBytes, editor: lazy.editor.gzipBytes };
      return { ...result, scroll, bundle: { initialBytes: gzipBytes, files: initial.length, lazyBytes } };
    } finally {
      await browser.close();
      await platform.stop();
    }
  });
}

async function loadTables(client: RiverGenClient, folder: string): Promise<void> {
  const file = join(folder, "million.parquet");
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await connection.run(
    `copy (select i as id, 'person ' || (i * 7919 % 99991) as name, (i * 31 % 100000) / 100.0 as amount, date '2020-01-01' + (i % 2000)::int as day, i % 7 = 0 as late, 'word ' || (i % 613) as kind from range(${ROWS}) t(i)) to '${file}' (format parquet)`,
  );
  connection.closeSync();
  instance.closeSync();
  const stored = await uploadFile(client, file, { path: "million.parquet", dataset: "million" });
  if (stored.dataset?.rowCount !== ROWS) throw new Error(`The table was not loaded: ${JSON.stringify(stored.dataset)}`);
  await uploadFile(client, join(root, "node_modules/vega-datasets/data/airports.csv"), { path: "airports.csv", dataset: "airports" });
}

/** What the browser keeps for somebody who is signed in. */
async function openSession(client: RiverGenClient): Promise<string> {
  const { user, workspaces } = await client.getSession();
  return JSON.stringify({ token: client.connection.token, user, workspaces, workspaceId: workspaces[0]?.id });
}

async function viewFirst(browser: Browser, url: string, session: string): Promise<number> {
  const { context, page } = await openSeat(browser, url, { account: { session } });
  await context.addInitScript(noteUsable);
  await page.goto("/ask", { waitUntil: "commit" });
  const usable = await page.waitForFunction(() => (globalThis as { usableAt?: number }).usableAt);
  const ms = Number(await usable.jsonValue());
  await context.close();
  return ms;
}

async function viewReference(browser: Browser, url: string): Promise<number> {
  const { context, page } = await openSeat(browser, url);
  await page.goto("/docs", { waitUntil: "load" });
  const painted = await page.waitForFunction(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime);
  const ms = Number(await painted.jsonValue());
  await context.close();
  return ms;
}

async function scrollMillion(browser: Browser, url: string, session: string): Promise<WebResult["scroll"]> {
  const { context, page } = await openSeat(browser, url, { account: { session } });
  await page.goto("/data/million");
  const grid = page.getByRole("grid");
  await grid.hover();
  await settle(page);
  const fromTop = await turnWheel(page);
  await grid.evaluate((element) => ((element as unknown as { scrollTop: number }).scrollTop = 3_000_000));
  const fromMiddle = await turnWheel(page);
  const row = await page.locator("[data-row]").first().getAttribute("data-row");
  console.log(`scrolled to row ${row}`);
  await context.close();
  return { rows: ROWS, fromTop, fromMiddle };
}

async function turnWheel(page: Page): Promise<Frames> {
  await page.evaluate(noteFrames);
  for (let turn = 0; turn < TURNS; turn += 1) await page.mouse.wheel(0, TURN_PIXELS);
  const times = (await page.evaluate("cancelAnimationFrame(frameRequest), frameTimes")) as number[];
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? time));
  const sorted = gaps.toSorted((left, right) => left - right);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  // A clock that is read between two frames is off by some tenths.
  const within = (ms: number): number => gaps.filter((gap) => gap <= ms + 0.5).length / gaps.length;
  const tidy = (value: number): number => Number(value.toPrecision(3));
  return {
    frames: gaps.length,
    p50: tidy(median(gaps)),
    p95: tidy(at(0.95)),
    longest: tidy(at(1)),
    within60Hz: tidy(within(FRAME_MS)),
    within30Hz: tidy(within(2 * FRAME_MS)),
  };
}
