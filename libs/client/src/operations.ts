import { publicRoutes, type Route } from "@rivergen/contracts";

/** What sending an operation needs of its contract: plain data, so that a web page can hold it without the contract itself. */
export interface WireOperation extends Pick<Route, "method" | "path" | "consumes"> {
  /** The answer is bytes only: there is no JSON to read. */
  readonly answersBytes: boolean;
}
export type WireOperations = Readonly<Record<string, WireOperation>>;

/** Every public operation, by its name. */
export function readWireOperations(): WireOperations {
  return Object.fromEntries(
    Object.entries(publicRoutes).map(([name, { method, path, consumes, produces, answer }]) => [
      name,
      { method, path, ...(consumes ? { consumes } : {}), answersBytes: answer.def.type === "undefined" && produces !== undefined },
    ]),
  );
}
