import { pipeline } from "node:stream/promises";
import type { Command } from "commander";
import { Format } from "@rivergen/contracts";
import { toReadable } from "@rivergen/client/node";
import { exitCodes, wrongUse } from "../failure.ts";
import { formatAmount } from "../render/number.ts";
import { renderTable } from "../render/table.ts";
import { argument, openJourney, type Register } from "./command.ts";

interface Options {
  readonly format?: string;
  readonly maxRows?: string;
}

export function registerQuery(program: Command, register: Register): void {
  const command = program
    .command("query")
    .argument("<sql>", "one SELECT over your datasets")
    .description("run one SELECT and show its rows")
    .option("--format <format>", "write the rows to stdout as json, ndjson, csv, parquet or arrow")
    .option("--max-rows <rows>", "most rows read; default 10,000");
  const examples = [
    'river query "select origin, count(*) as n from flights group by origin order by n desc limit 5"',
    'river query "select * from airports" --format csv > airports.csv',
  ];
  register<Options>(command, examples, async (context, args, { format, maxRows }) => {
    const chosen = format === undefined ? undefined : readFormat(format);
    const body = { sql: argument(args, 0), ...(maxRows === undefined ? {} : { maxRows: readMaxRows(maxRows) }) };
    const { client, terminal, signal } = await openJourney(context);
    if (chosen !== undefined && chosen !== "json") {
      if ((chosen === "parquet" || chosen === "arrow") && terminal.live) throw wrongUse(`--format ${chosen} is binary: send it to a file with >`);
      const download = await client.open("query", { query: { format: chosen }, body }, { signal });
      await pipeline(toReadable(download), process.stdout, { end: false, signal });
      return exitCodes.done;
    }
    const answer = await client.query({ query: {}, body }, { signal });
    if (chosen === "json" && !terminal.json) terminal.print([JSON.stringify(answer)]);
    else {
      terminal.answer(answer);
      const rows = answer.rows.map((row) => answer.columns.map(({ name }) => row[name]));
      terminal.print(renderTable(answer.columns, rows, terminal.canvas));
      const cut = answer.truncated ? ", more were cut off (--max-rows)" : "";
      terminal.print([terminal.canvas.style.dim(`${formatAmount(rows.length, "row")}${cut}`)]);
    }
    return exitCodes.done;
  });
}

function readFormat(text: string): Format {
  const parsed = Format.safeParse(text);
  if (parsed.success) return parsed.data;
  throw wrongUse(`--format ${text}: choose one of ${Format.options.join(", ")}`);
}

function readMaxRows(text: string): number {
  const rows = Number(text.replaceAll(/[,_]/g, ""));
  if (!Number.isInteger(rows) || rows < 1 || rows > 1_000_000) throw wrongUse(`--max-rows ${text}: give a number from 1 to 1000000`);
  return rows;
}
