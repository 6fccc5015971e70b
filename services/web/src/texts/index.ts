import { frame } from "./frame.ts";
import { graph } from "./graph.ts";

/** Every sentence and word that the client says, by the place that says it. */
export const texts = { frame, graph } as const;
