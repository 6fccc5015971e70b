import { frame } from "./frame.ts";
import { graph } from "./graph.ts";
import { result } from "./result.ts";
import { runs } from "./runs.ts";
import { settings } from "./settings.ts";
import { usage } from "./usage.ts";
import { table } from "./table.ts";
import { ask } from "./ask.ts";
import { rivers } from "./rivers.ts";
import { run } from "./run.ts";
import { data } from "./data.ts";
import { reading } from "./reading.ts";
import { sql } from "./sql.ts";

/** Every sentence and word that the client says, by the place that says it. */
export const texts = { frame, graph, result, runs, settings, usage, table, ask, rivers, run, data, reading, sql } as const;
