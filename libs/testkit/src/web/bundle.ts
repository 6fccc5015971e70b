import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";

interface Chunk {
  readonly file: string;
  readonly imports?: readonly string[];
  readonly isEntry?: boolean;
}
type Manifest = Readonly<Record<string, Chunk>>;

/** What the browser needs of the build before the first page of somebody who is signed in stands, and what it does not. */
export interface Bundle {
  /** Files in `dist`: the entry, the first page, and what these import at once. */
  readonly initial: readonly string[];
  /** Bytes of `initial`, each file as gzip makes it. */
  readonly gzipBytes: number;
  /** The first page's own file. */
  readonly firstPage: string;
  /** Graph, chart and editor, with their bytes as gzip makes them. */
  readonly lazy: Readonly<Record<"graph" | "chart" | "editor", { readonly file: string; readonly gzipBytes: number }>>;
}

const dist = new URL("../../../../services/web/dist/", import.meta.url);
const firstPage = "src/pages/ask/ask-page.tsx";

/**
 * Measures the build that stands in services/web.
 * @throws Error where a part is no chunk of its own
 */
export async function measureBundle(): Promise<Bundle> {
  const manifest = JSON.parse(await readFile(new URL(".vite/manifest.json", dist), "utf8")) as Manifest;
  const chunkOf = (name: string): Chunk => manifest[name] ?? fail(name);
  const sizeOf = async (file: string): Promise<number> => gzipSync(await readFile(new URL(file, dist))).length;
  const lazy = async (name: string) => ({ file: chunkOf(name).file, gzipBytes: await sizeOf(chunkOf(name).file) });
  const entry = Object.keys(manifest).find((name) => manifest[name]?.isEntry) ?? "index.html";
  const found = new Set<string>();
  const add = (name: string): void => {
    if (found.has(name)) return;
    found.add(name);
    for (const imported of chunkOf(name).imports ?? []) add(imported);
  };
  [entry, firstPage].forEach(add);
  const initial = [...new Set([...found].map((name) => chunkOf(name).file))];
  const sizes = await Promise.all(initial.map(sizeOf));
  return {
    initial,
    gzipBytes: sizes.reduce((sum, size) => sum + size, 0),
    firstPage: chunkOf(firstPage).file,
    lazy: {
      graph: await lazy("src/components/graph/canvas.tsx"),
      chart: await lazy("src/components/chart/chart.tsx"),
      editor: await lazy("src/components/code-editor/editor-field.tsx"),
    },
  };
}

function fail(name: string): never {
  throw new Error(`${name} is no chunk of its own.`);
}
