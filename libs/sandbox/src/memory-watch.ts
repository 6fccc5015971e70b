import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";

const INTERVAL_MS = 50;

/** The process at the end of a chain of only children: behind bwrap stands the one that works. */
export function findWorkingProcess(pid: number): number {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
    return children === "" ? pid : findWorkingProcess(Number(children.split(" ")[0]));
  } catch {
    return pid;
  }
}

/** Private memory that a process may write, in bytes: what `prlimit --data` bounds. Undefined without /proc. */
export function readDataBytes(pid: number): number | undefined {
  try {
    return readField(readFileSync(`/proc/${pid}/status`, "utf8"), "VmData");
  } catch {
    return undefined;
  }
}

const TICK_MS = 10;

/** Processor time that a process has taken so far, all threads, in milliseconds; 0 where it is gone or there is no /proc. */
export function readCpuMs(pid: number): number {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  } catch {
    return 0;
  }
}

function readField(status: string, name: "VmData" | "VmRSS"): number | undefined {
  const kibibytes = new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1];
  return kibibytes === undefined ? undefined : Number(kibibytes) * 1_024;
}

/** Looks at a process's memory twenty times a second and says once when it holds more than allowed. Where there is no /proc, it stays silent. */
export function watchMemory(pid: number, mostBytes: number, onExceeded: () => void): { stop(): void; peakBytes(): number } {
  let peak = 0;
  let reading = false;
  const stop = (): void => clearInterval(timer);
  const look = async (): Promise<void> => {
    const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
    reading = false;
    const resident = readField(status, "VmRSS") ?? 0;
    peak = Math.max(peak, resident);
    if (resident <= mostBytes) return;
    stop();
    onExceeded();
  };
  const timer = setInterval(() => {
    if (reading) return;
    reading = true;
    void look();
  }, INTERVAL_MS);
  timer.unref();
  return { stop, peakBytes: () => peak };
}
