import { frame } from "./frame.ts";

/** Every sentence and word that the client says, by the place that says it. */
export const texts = { frame } as const;
