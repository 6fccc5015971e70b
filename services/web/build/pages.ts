import type { Plugin } from "vite";
import { sections } from "../src/app/sections.ts";

/** Writes `pages.json`: the addresses at which the gateway answers with the page itself. */
export const pages = (): Plugin => ({
  name: "rivergen-pages",
  apply: "build",
  generateBundle() {
    this.emitFile({ type: "asset", fileName: "pages.json", source: JSON.stringify(sections) });
  },
});
