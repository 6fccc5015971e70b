import type { RunFolder } from "./jobs/job.ts";
import { JobFailure } from "./jobs/job.ts";
import type { ChildFailure } from "./messages.ts";

/** Characters of an engine's message that are kept: values of the data may stand in it. */
const LONGEST_MESSAGE = 2_000;

/** How the engine, the C++ library and JavaScript say that memory ran out. */
const memoryWords = /^Out of Memory Error|"exception_type":"Out of Memory"|std::bad_alloc|Array buffer allocation failed|Invalid string length/i;

/** How the engine and Node say that the disk under the run's folders is full: no fault of the job. Values of the data cannot stand in front. */
const fullDisk = /^IO Error: .*No space left on device|^ENOSPC: /s;

/** Turns whatever a job threw into something that can cross the border: plain words, no paths of the host. */
export function toChildFailure(error: unknown, folder: RunFolder): ChildFailure {
  if (error instanceof JobFailure) {
    const details = JSON.parse(withoutPaths(JSON.stringify(error.details), folder)) as ChildFailure["details"];
    return { code: error.code, outOfMemory: false, details };
  }
  const raw = error instanceof Error ? error.message : String(error);
  if (fullDisk.test(raw)) return { code: "PLATFORM_FAULT", outOfMemory: false, details: { detail: "The disk that runs work on is full" } };
  const outOfMemory = memoryWords.test(raw);
  return { code: null, outOfMemory, details: { detail: outOfMemory ? "More memory was needed than allowed" : toPlainMessage(raw, folder) } };
}

/** The engine's own sentence without run folders and without advice about settings that nobody can change here. */
export function toPlainMessage(message: string, folder: RunFolder): string {
  const plain = withoutPaths(message, folder)
    .replace(/\n+\s*(?:Possible solutions|LINE \d+):[\s\S]*$/, "")
    .trim();
  return plain.length > LONGEST_MESSAGE ? `${plain.slice(0, LONGEST_MESSAGE)} …` : plain;
}

function withoutPaths(text: string, folder: RunFolder): string {
  return Object.values(folder).reduce((rest: string, path: string) => rest.replaceAll(`${path}/`, "").replaceAll(path, ""), text);
}
