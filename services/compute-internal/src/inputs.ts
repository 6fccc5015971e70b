import { AppError } from "@rivergen/contracts";

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
