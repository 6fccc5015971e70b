import { type Browser, type BrowserContext, type Complaints, type Page, watchPage } from "../browser.ts";
import type { Account } from "./scene.ts";
import type { View } from "./views.ts";

/** A page in a browser of its own, as one person has it. */
export interface Seat {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly complaints: Complaints;
}

export interface SeatOptions {
  /** Nobody where absent. */
  readonly account?: Pick<Account, "session">;
  readonly width?: number;
  readonly height?: number;
  /** Complaints that the test causes itself. */
  readonly ignore?: readonly RegExp[];
}

/** Opens an empty page for somebody who is signed in already. `url` is the platform's. */
export async function openSeat(browser: Browser, url: string, { account, width = 1440, height = 900, ignore = [] }: SeatOptions = {}): Promise<Seat> {
  const localStorage = account ? [{ name: "rivergen.session", value: account.session }] : [];
  const context = await browser.newContext({
    baseURL: url,
    viewport: { width, height },
    locale: "en-US",
    storageState: { cookies: [], origins: [{ origin: url, localStorage }] },
  });
  // A page on a busy machine is slow, not that slow.
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  return { context, page, complaints: watchPage(page, ignore) };
}

/** Shows a view and waits until it stands still: what was asked for is there, or said to be missing. */
export async function showView(page: Page, view: View, path: string): Promise<void> {
  await page.goto(path, { waitUntil: "load" });
  await settle(page);
  if (view.act) {
    await view.act(page);
    await settle(page);
  }
}

/** What `standsStill` touches of the page it runs in. */
interface InPage {
  readonly document: { querySelector(selector: string): object | null; getAnimations(): readonly Moving[] };
  stillFrames?: number;
}
interface Moving {
  readonly playState: string;
  readonly effect: { getComputedTiming(): { readonly iterations?: number } } | null;
}

/** Runs in the page: whether it has stood still for some frames, counted from the first time it is asked. */
function standsStill(): boolean {
  const page = globalThis as unknown as InPage;
  const isThere = page.document.querySelector('h1, [role="dialog"]') !== null;
  const isBusy = page.document.querySelector('[aria-busy="true"], .mantine-Skeleton-root[data-visible], [class*="_waiting_"]') !== null;
  const isMoving = page.document
    .getAnimations()
    .some(({ playState, effect }) => playState === "running" && effect?.getComputedTiming().iterations !== Infinity);
  page.stillFrames = isThere && !isBusy && !isMoving ? (page.stillFrames ?? 0) + 1 : 0;
  return page.stillFrames >= 4;
}

/** Resolves when nothing of the page is being waited for any more, over some frames in a row. */
export async function settle(page: Page): Promise<void> {
  await page.evaluate("delete globalThis.stillFrames");
  try {
    await page.waitForFunction(standsStill, undefined, { polling: "raf", timeout: 30_000 });
  } catch (error) {
    throw new Error(`${page.url()} did not come to rest:\n${String(await page.evaluate("document.body.innerText")).slice(0, 500)}`, { cause: error });
  }
}
