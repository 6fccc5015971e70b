// `npm run screenshots [-- part …]`: every page in every state, light and dark, narrow and wide, into screenshots/.
// Parts choose: `1440`, `dark`, `full` and the like, or a part of a page's name.
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startPlatform } from "@rivergen/testkit";
import { type Browser, launchBrowser, type Page } from "@rivergen/testkit/browser";
import { type Account, type Scene, setScene, settle, type View, views } from "@rivergen/testkit/web";
import { requireNode, root } from "./root.ts";

const folder = join(root, "screenshots");
const widths = [390, 1440] as const;
const schemes = ["light", "dark"] as const;
const states = ["full", "empty", "loading", "error"] as const;
type State = (typeof states)[number];
interface Look {
  readonly width: (typeof widths)[number];
  readonly scheme: (typeof schemes)[number];
}

/** Answers that never come leave a page restless; failures are tried again before they are shown. */
const brokenMs: Readonly<Partial<Record<State, number>>> = { loading: 1_500, error: 6_000 };
const problem = JSON.stringify({
  type: "about:blank",
  title: "A service did not answer",
  status: 503,
  code: "SERVICE_UNAVAILABLE",
  detail: "The catalogue did not answer in time. Try again in a moment.",
  requestId: "req_0123456789abcdef",
});

requireNode();
const wanted = process.argv.slice(2);
/** Those that were named, or all. */
const pick = <T extends string | number>(all: readonly T[]): readonly T[] => {
  const named = all.filter((value) => wanted.includes(String(value)));
  return named.length > 0 ? named : all;
};
const names = wanted.filter((part) => ![...widths, ...schemes, ...states].map(String).includes(part));
const chosen = views.filter(({ name }) => names.length === 0 || names.some((part) => name.includes(part)));
const platform = await startPlatform();
try {
  const scene = await setScene(platform.url);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const browser = await launchBrowser();
  const taken: string[] = [];
  for (const width of pick(widths))
    for (const scheme of pick(schemes))
      for (const state of pick(states)) {
        const pictures = await takeAll(browser, platform.url, scene, { width, scheme }, state);
        taken.push(...pictures);
        console.log(`${pictures.length} pages, ${state}, ${scheme}, ${width} px`);
      }
  await writeFile(join(folder, "index.html"), renderSheet(taken));
  await browser.close();
  console.log(`${taken.length} pictures in ${folder}`);
} finally {
  await platform.stop();
}

async function takeAll(browser: Browser, url: string, scene: Scene, look: Look, state: State): Promise<string[]> {
  const account = state === "empty" ? scene.nobody : scene.somebody;
  const context = await browser.newContext({
    viewport: { width: look.width, height: look.width === 390 ? 844 : 900 },
    colorScheme: look.scheme,
    locale: "en-US",
  });
  await context.addInitScript(({ session }: Pick<Account, "session">) => localStorage.setItem("rivergen.session", session), { session: account.session });
  const page = await context.newPage();
  await breakPage(page, state);
  const taken: string[] = [];
  for (const view of chosen) {
    const path = state === "empty" ? view.empty : view.full(scene);
    if (path === undefined || (view.isPublic === true && state !== "full")) continue;
    await (view.isPublic === true ? takePublic(browser, url, view, look) : take(page, `${url}${path}`, view, state, fileOf(view, state, look)));
    taken.push(fileOf(view, state, look));
  }
  await context.close();
  return taken;
}

async function take(page: Page, address: string, view: View, state: State, file: string): Promise<void> {
  await page.goto(address, { waitUntil: "load" });
  await (state === "full" || state === "empty" ? settle(page) : page.waitForTimeout(brokenMs[state] ?? 0));
  await view.act?.(page);
  await page.screenshot({ path: join(folder, file) });
}

async function takePublic(browser: Browser, url: string, view: View, look: Look): Promise<void> {
  const context = await browser.newContext({ viewport: { width: look.width, height: 844 }, colorScheme: look.scheme, locale: "en-US" });
  await take(await context.newPage(), `${url}${view.empty}`, view, "full", fileOf(view, "full", look));
  await context.close();
}

/** Answers that never come, or that are failures: what people see on a bad day. */
async function breakPage(page: Page, state: State): Promise<void> {
  if (state === "loading") await page.route(/\/v1\/(?!realtime)|\/health\//, () => {});
  if (state === "error")
    await page.route(/\/v1\/(?!realtime)|\/health\//, (route) => route.fulfill({ status: 503, contentType: "application/problem+json", body: problem }));
}

function fileOf({ name }: View, state: State, { scheme, width }: Look): string {
  return `${name}.${state}.${scheme}.${width}.png`;
}

function renderSheet(files: readonly string[]): string {
  const figures = files.map((file) => `<figure><a href="${file}"><img src="${file}" loading="lazy" alt=""></a><figcaption>${file}</figcaption></figure>`);
  return `<!doctype html><meta charset="utf-8"><title>Screenshots</title><style>body{font:13px system-ui;display:flex;flex-wrap:wrap;gap:16px}figure{margin:0}img{height:420px;border:1px solid #ccc}</style>${figures.join("")}`;
}
