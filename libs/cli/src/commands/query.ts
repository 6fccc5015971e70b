import type { Command } from "commander";
import { exitCodes, wrongUse } from "../failure.ts";
import { formatAmount } from "../render/number.ts";
import { renderTable } from "../render/table.ts";
import { argument, openJourney, type Register } from "./command.ts";
import { readFormat, writeStream } from "./format.ts";

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
    const chosen = readFormat(format);
    const body = { sql: argument(args, 0), ...(maxRows === undefined ? {} : { maxRows: readMaxRows(maxRows) }) };
    const journey = await openJourney(context);
    const { client, terminal, signal } = journey;
    if (chosen !== undefined && chosen !== "json") {
      await writeStream(journey, chosen, () => client.open("query", { query: { format: chosen }, body }, { signal }));
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

function readMaxRows(text: string): number {
  const rows = Number(text.replaceAll(/[,_]/g, ""));
  if (!Number.isInteger(rows) || rows < 1 || rows > 1_000_000) throw wrongUse(`--max-rows ${text}: give a number from 1 to 1000000`);
  return rows;
}
