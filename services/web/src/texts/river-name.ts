import { rivers } from "./rivers.ts";

/** What every river that answers a question is called until it is kept under a name of its own. */
const unkept = "answer";

/** Name of a river as people read it. */
export const nameRiver = (name: string): string => (name === unkept ? rivers.answer : name);
export const isUnkept = (name: string): boolean => name === unkept;
