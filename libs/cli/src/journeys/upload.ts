import { setTimeout as sleep } from "node:timers/promises";
import { basename } from "node:path";
import { uploadFile } from "@rivergen/client/node";
import type { Dataset } from "@rivergen/contracts";
import { formatBytes, formatDuration } from "../render/number.ts";
import { renderBar } from "../render/run.ts";
import { pad } from "../render/text.ts";
import { renderKeys, renderUploads } from "../render/dataset.ts";
import type { Journey } from "./run.ts";

export interface UploadOptions {
  readonly dataset?: string;
  readonly mode?: "replace" | "append";
}

/** Longest wait for keys between tables that were uploaded together. */
const keysWithinMs = 3_000;

type StoredFile = Awaited<ReturnType<typeof uploadFile>>;

/** Uploads files one after the other, shows what became of them and which keys join them. */
export async function uploadFiles(journey: Journey, files: readonly string[], options: UploadOptions = {}): Promise<StoredFile[]> {
  const { terminal } = journey;
  const stored: StoredFile[] = [];
  for (const file of files) {
    const answer = await uploadOne(journey, file, options);
    terminal.answer(answer);
    stored.push(answer);
  }
  terminal.print(renderUploads(stored, terminal.canvas));
  if (!terminal.json) terminal.print(renderKeys(await readKeys(journey, stored), terminal.canvas));
  return stored;
}

async function uploadOne(journey: Journey, file: string, options: UploadOptions): Promise<StoredFile> {
  const { terminal, client, signal } = journey;
  const began = performance.now();
  const { width } = terminal.canvas;
  const name = pad(basename(file), 24);
  let sent = 0;
  let size = 0;
  const draw = (): void =>
    terminal.draw(() => {
      const time = formatDuration(Math.floor((performance.now() - began) / 100) * 100);
      if (size > 0 && sent >= size) return [`${name}   ${formatBytes(size)} sent, being read   ${time}`];
      const share = size === 0 ? 0 : sent / size;
      return [
        `${name}   ${renderBar(share, Math.max(10, Math.min(30, width - 60)))} ${Math.floor(share * 100)} %   ${formatBytes(sent)} of ${formatBytes(size)}   ${time}`,
      ];
    });
  const clock = terminal.live ? setInterval(draw, 100) : undefined;
  try {
    const onProgress = (sentBytes: number, sizeBytes: number): void => {
      sent = sentBytes;
      size = sizeBytes;
      draw();
    };
    const stored = await uploadFile(client, file, { ...options, signal, onProgress });
    return stored.dataset?.status === "profiling" ? { ...stored, dataset: await waitForDataset(journey, stored.dataset) } : stored;
  } finally {
    clearInterval(clock);
    terminal.erase();
  }
}

/** A large table takes longer to read than one request waits. */
async function waitForDataset({ client, signal }: Journey, dataset: Dataset): Promise<Dataset> {
  let state = dataset;
  while (state.status === "profiling") {
    await sleep(500, undefined, { signal });
    state = await client.getDataset({ params: { dataset: dataset.id } }, { signal });
  }
  return state;
}

/** The search for keys begins when a table is ready: where several came together it is given a moment. */
async function readKeys({ client, signal }: Journey, stored: readonly StoredFile[]): Promise<Dataset[]> {
  const ready = [...new Set(stored.flatMap(({ dataset }) => (dataset?.status === "ready" ? [dataset.id] : [])))];
  const deadline = performance.now() + (ready.length > 1 ? keysWithinMs : 0);
  for (;;) {
    const datasets = await Promise.all(ready.map((dataset) => client.getDataset({ params: { dataset } }, { signal })));
    if (datasets.some(({ keys }) => keys !== undefined && keys.length > 0) || performance.now() >= deadline) return datasets;
    await sleep(200, undefined, { signal });
  }
}
