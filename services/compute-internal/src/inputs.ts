import { AppError, type ClaimedRun } from "@rivergen/contracts";
import { sourceViewName } from "@rivergen/river";

interface LocalObjects {
  localPath(key: string): string | null;
}

/** A Parquet object as an input of a sandboxed run, under a name. @throws STORE_UNAVAILABLE where objects are not on this machine */
export function toRunInput(objects: LocalObjects, name: string, objectKey: string): { name: string; path: string } {
  const path = objects.localPath(objectKey);
  if (path === null) throw new AppError("STORE_UNAVAILABLE", { detail: "The objects are not on this machine." });
  return { name, path };
}

const gibibyte = 2 ** 30;

/** What a piece of work took, as meters. */
export function toUsage(cpuMs: number, scannedBytes: number): { meter: string; quantity: number; unit: string }[] {
  return [
    { meter: "compute.cpu", quantity: Math.round(cpuMs) / 1000, unit: "s" },
    { meter: "data.scanned", quantity: Math.round((scannedBytes / gibibyte) * 1e6) / 1e6, unit: "GiB" },
  ];
}

/** Says which dataset a run could not read any more; anything else stays as it is. */
export function nameGone(error: unknown, inputs: ClaimedRun["inputs"]): unknown {
  if (!(error instanceof AppError) || error.code !== "INPUT_GONE") return error;
  const found = Object.entries(inputs).find(([source]) => sourceViewName(source) === error.details["input"])?.[1];
  const what = found ? `Version ${found.version} of ${found.name}` : "What an earlier part of the run wrote";
  return new AppError("INPUT_GONE", { detail: `${what} was deleted and is not kept any more.` }, error);
}
