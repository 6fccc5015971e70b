import { stat } from "node:fs/promises";
import { basename } from "node:path";
import type { Command } from "commander";
import { exitCodes, type ExitCode, wrongUse } from "../failure.ts";
import { uploadFiles } from "../journeys/upload.ts";
import { openJourney, type Register } from "./command.ts";

interface Options {
  readonly dataset?: string;
  readonly append?: boolean;
}

export function registerUpload(program: Command, register: Register): void {
  const command = program
    .command("upload")
    .argument("<files...>", "CSV, TSV, JSON, NDJSON, Parquet or Arrow; gzip and zstd of them")
    .description("upload files; each table becomes a dataset")
    .option("--dataset <name>", "name of the dataset; default: after the file's name")
    .option("--append", "add the rows to the dataset instead of replacing it");
  const examples = [
    "river upload flights.parquet airports.csv",
    "river upload sales-2024.csv --dataset sales",
    "river upload sales-may.csv --dataset sales --append",
  ];
  register<Options>(command, examples, async (context, args, { dataset, append }) => {
    const files = args[0] as string[];
    await checkFiles(files, dataset);
    const stored = await uploadFiles(await openJourney(context), files, {
      ...(dataset === undefined ? {} : { dataset }),
      ...(append ? { mode: "append" as const } : {}),
    });
    return judge(stored.map((file) => file.dataset?.status === "rejected"));
  });
}

async function checkFiles(files: readonly string[], dataset: string | undefined): Promise<void> {
  if (dataset !== undefined && files.length > 1) throw wrongUse("--dataset names the dataset of one file: upload the files one by one");
  const seen = new Map<string, string>();
  for (const file of files) {
    const name = basename(file);
    const other = seen.get(name);
    if (other !== undefined) throw wrongUse(`${other} and ${file} would both be stored as ${name}: upload them one by one under other names`);
    seen.set(name, file);
    const found = await stat(file).catch(() => undefined);
    if (!found) throw wrongUse(`${file}: there is no such file`);
    if (!found.isFile()) throw wrongUse(`${file} is no file`);
  }
}

function judge(rejected: readonly boolean[]): ExitCode {
  if (rejected.every((no) => !no)) return exitCodes.done;
  return rejected.every(Boolean) ? exitCodes.failed : exitCodes.partly;
}
