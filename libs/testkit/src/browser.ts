import chromium from "@sparticuz/chromium";
import { type Browser, type BrowserContext, chromium as playwright, type Page } from "playwright-core";

export type { Browser, BrowserContext, Page };

/** A real headless Chromium that comes as a package: nothing has to be installed on the machine. */
export async function launchBrowser(): Promise<Browser> {
  return playwright.launch({ executablePath: await chromium.executablePath(), args: [...chromium.args, "--lang=en-US"] });
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
