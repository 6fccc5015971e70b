import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { compress } from "./build/compress.ts";
import { operations } from "./build/operations.ts";
import { pages } from "./build/pages.ts";

export default defineConfig({
  plugins: [react(), operations(), pages(), compress()],
  // One sheet: a sheet per part that did not come would be asked for only once (Vite), and is small beside the first.
  build: { cssCodeSplit: false, target: "es2023", assetsInlineLimit: 0, manifest: true, reportCompressedSize: false, chunkSizeWarningLimit: 2_000 },
  server: { proxy: { "/v1": { target: "http://127.0.0.1:8080", ws: true }, "/health": "http://127.0.0.1:8080", "/docs": "http://127.0.0.1:8080" } },
});
