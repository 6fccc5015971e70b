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
  const answer = await api.open("getRunOutput", { params: { run, name: output }, query: { format } });
  saveAs(await new Response(answer.stream).blob(), `${output}.${format}`);
}
