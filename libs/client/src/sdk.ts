import { type ClientOptions, createClientOf, type RiverGenClient } from "./client.ts";
import { readWireOperations } from "./operations.ts";

/** Creates a client of every public operation. Nothing is sent before the first one. @throws TypeError for an address that is none */
export const createClient = (options: ClientOptions): RiverGenClient => createClientOf(readWireOperations(), options);
