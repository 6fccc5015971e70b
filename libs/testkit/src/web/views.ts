import type { Page } from "../browser.ts";
import type { Scene } from "./scene.ts";

/** One view of the client: its address with everything there is, and without anything. */
export interface View {
  readonly name: string;
  /** Address in the full workspace. */
  full(scene: Scene): string;
  /** Address in the empty workspace; absent where the view shows one thing, which is not there. */
  readonly empty?: string;
  /** Does what an address cannot: opens a dialog, fills a field. */
  act?(page: Page): Promise<void>;
  /** Nobody is signed in. */
  readonly isPublic?: boolean;
}

const dataset = (tab: string, name = "flights"): View => ({ name: `dataset-${tab}`, full: () => `/data/${name}?tab=${tab}` });
const river = (tab: string): View => ({ name: `river-${tab}`, full: () => `/rivers/delay_by_state?tab=${tab}` });

/** Every page of the client. */
export const views: readonly View[] = [
  { name: "sign-in", full: () => "/sign-in", empty: "/sign-in", isPublic: true },
  { name: "ask", full: () => "/ask", empty: "/ask" },
  { name: "answer-planned", full: ({ prompts }) => `/ask/${prompts.planned}` },
  { name: "answer-question", full: ({ prompts }) => `/ask/${prompts.question}` },
  { name: "answer-unanswerable", full: ({ prompts }) => `/ask/${prompts.unanswerable}` },
  { name: "data", full: () => "/data", empty: "/data" },
  dataset("preview"),
  dataset("profile"),
  dataset("columns"),
  dataset("reading", "people"),
  dataset("rejected", "people"),
  dataset("versions"),
  dataset("lineage"),
  { name: "dataset-broken", full: () => "/data/broken" },
  { name: "rivers", full: () => "/rivers", empty: "/rivers" },
  { name: "river-new", full: () => "/rivers/new", empty: "/rivers/new" },
  river("document"),
  river("graph"),
  river("versions"),
  river("runs"),
  { name: "runs", full: () => "/runs", empty: "/runs" },
  { name: "run-succeeded", full: ({ runs }) => `/runs/${runs.succeeded}` },
  { name: "run-failed", full: ({ runs }) => `/runs/${runs.failed}` },
  { name: "sql", full: () => "/sql", empty: "/sql" },
  { name: "usage", full: () => "/usage", empty: "/usage" },
  { name: "keys", full: () => "/settings/keys", empty: "/settings/keys" },
  { name: "appearance", full: () => "/settings/appearance", empty: "/settings/appearance" },
  { name: "about", full: () => "/about", empty: "/about" },
  { name: "not-found", full: () => "/runs/run_00000000000000000000000000" },
  {
    name: "palette",
    full: () => "/data",
    empty: "/data",
    act: async (page) => {
      await page.keyboard.press("Control+k");
      await page.getByRole("combobox").waitFor();
    },
  },
];
