import { type Browser, launchBrowser } from "../browser.ts";
import { type PlatformOptions, startPlatform, type TestPlatform } from "../platform.ts";
import { openSeat, type Seat, type SeatOptions } from "./pages.ts";

/** A platform and a browser to look at it with. */
export interface Stage {
  readonly platform: TestPlatform;
  readonly browser: Browser;
  /** Opens an empty page in a browser of its own. */
  seat(options?: SeatOptions): Promise<Seat>;
  close(): Promise<void>;
}

/** Starts both at once; `options` go to the platform. */
export async function openStage(options: PlatformOptions = {}): Promise<Stage> {
  const [platform, browser] = await Promise.all([startPlatform(options), launchBrowser()]);
  return {
    platform,
    browser,
    seat: (seatOptions) => openSeat(browser, platform.url, seatOptions),
    async close() {
      await browser.close();
      await platform.stop();
    },
  };
}
