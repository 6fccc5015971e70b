import type { RiverGenClient } from "@rivergen/client/web";

/** Formats a result can be taken away in. */
export const downloadFormats = ["csv", "parquet", "arrow", "ndjson", "json"] as const;
export type DownloadFormat = (typeof downloadFormats)[number];

/** Hands bytes to the browser under a name. The browser keeps large ones on disk. */
export function saveAs(content: Blob, name: string): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken it over by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** Downloads what a run wrote, whole. */
export async function downloadOutput(api: RiverGenClient, run: string, output: string, format: DownloadFormat): Promise<void> {
  saveAs(format === "json" ? await gatherPages(api, run, output) : await readStream(api, run, output, format), `${output}.${format}`);
}

async function readStream(api: RiverGenClient, run: string, output: string, format: Exclude<DownloadFormat, "json">): Promise<Blob> {
  const { stream } = await api.open("getRunOutput", { params: { run, name: output }, query: { format } });
  return new Response(stream).blob();
}

const pageRows = 10_000;

/** JSON comes in pages: all their rows in one document of the same form. */
async function gatherPages(api: RiverGenClient, run: string, output: string): Promise<Blob> {
  const parts: string[] = [];
  let cursor: string | undefined;
  do {
    const query = { format: "json" as const, limit: pageRows, ...(cursor === undefined ? {} : { cursor }) };
    const { columns, rows, nextCursor } = await api.getRunOutput({ params: { run, name: output }, query });
    parts.push(parts.length === 0 ? `{"columns":${JSON.stringify(columns)},"rows":[\n` : ",\n", rows.map((row) => JSON.stringify(row)).join(",\n"));
    cursor = nextCursor ?? undefined;
  } while (cursor !== undefined);
  return new Blob([...parts, "\n]}\n"], { type: "application/json" });
}
