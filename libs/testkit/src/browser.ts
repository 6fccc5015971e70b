import chromium from "@sparticuz/chromium";
import { type Browser, type BrowserContext, chromium as playwright, type Page } from "playwright-core";

export type { Browser, BrowserContext, Page };

/**
 * A real headless Chromium that comes as a package: nothing has to be installed on the machine. Not with the package's
 * own switches: they put everything into one process and turn the rules of the web off, which are what is tested.
 */
export async function launchBrowser(): Promise<Browser> {
  const args = ["--no-sandbox", "--no-zygote", "--disable-gpu", "--font-render-hinting=none", "--lang=en-US"];
  return playwright.launch({ executablePath: await chromium.executablePath(), args });
}

/** What a page complained of: errors of scripts, refused resources, broken rules of its policy. */
export interface Complaints {
  readonly list: readonly string[];
}

/** Listens for complaints of a page from now on; `ignore` names those that a test causes itself. */
export function watchPage(page: Page, ignore: readonly RegExp[] = []): Complaints {
  const list: string[] = [];
  const take = (text: string): void => {
    if (!ignore.some((pattern) => pattern.test(text))) list.push(text);
  };
  page.on("console", (message) => {
    if (message.type() === "error") take(`${message.text()} ${message.location().url}`);
  });
  page.on("pageerror", (error) => take(error.message));
  return { list };
}
