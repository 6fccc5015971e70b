import { readWireOperations } from "@rivergen/client/operations";
import type { Plugin } from "vite";

const name = "virtual:operations";
const resolved = `\0${name}`;

/** Gives `virtual:operations`: the public operations as a plain table, so that the page carries no contract parser. */
export const operations = (): Plugin => ({
  name: "rivergen-operations",
  resolveId: (id) => (id === name ? resolved : undefined),
  load: (id) => (id === resolved ? `export const operations = ${JSON.stringify(readWireOperations())};` : undefined),
});
