import { type Browser, type BrowserContext, type Complaints, type Page, watchPage } from "../browser.ts";
import type { Account } from "./scene.ts";
import type { View } from "./views.ts";

/** A page in a browser of its own, as one person has it. */
export interface Seat {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly complaints: Complaints;
}

interface SeatOptions {
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

/** Runs in the page: whether it has stood still for some frames, counted from the first time it is asked. */
const standsStill = `() => {
  const isBusy = document.querySelector('h1, [role="dialog"]') === null || document.querySelector('[aria-busy="true"], .mantine-Skeleton-root[data-visible], [class*="_waiting_"]') !== null;
  const isMoving = document.getAnimations().some(({ playState, effect }) => playState === "running" && effect?.getComputedTiming().iterations !== Infinity);
  window.stillFrames = isBusy || isMoving ? 0 : (window.stillFrames ?? 0) + 1;
  return window.stillFrames >= 4;
}`;

/** Resolves when nothing of the page is being waited for any more, over some frames in a row. */
export async function settle(page: Page): Promise<void> {
  await page.evaluate("delete window.stillFrames");
  await page.waitForFunction(standsStill, undefined, { polling: "raf", timeout: 30_000 });
}
