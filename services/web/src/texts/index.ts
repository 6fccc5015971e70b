import { frame } from "./frame.ts";
import { graph } from "./graph.ts";
import { table } from "./table.ts";

/** Every sentence and word that the client says, by the place that says it. */
export const texts = { frame, graph, table } as const;
