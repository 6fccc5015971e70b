import type { Fault } from "@rivergen/contracts";
import type { SqlSteps } from "./analyse.ts";
import { analyse } from "./analyse.ts";
import type { Datasets } from "./catalog.ts";
import { readDocument } from "./compile.ts";
import type { Positions } from "./fault.ts";
import { createFaults } from "./fault.ts";
import { readParameters } from "./parameters.ts";

export interface Validation {
  /** Everything that is wrong; empty when the document may run. */
  readonly errors: readonly Fault[];
  /** What is probably not meant. */
  readonly warnings: readonly Fault[];
}

/**
 * Checks a document: its form, names, graph, and (with the datasets) columns and types. All faults at once, in the
 * order of the checks; the codes stand in docs/rivers.md.
 * @param positions finds lines and columns, where the document came from a text
 * @param catalog the datasets it may read; without it columns and types are not checked
 * @param sqlSteps columns of `sql` operators; without it what comes after such a step is not checked
 */
export function validateRiver(value: unknown, positions?: Positions, catalog?: Datasets, sqlSteps?: SqlSteps): Validation {
  const faults = createFaults(positions);
  const document = readDocument(value, faults);
  if (document) analyse(document, readParameters(document, undefined, faults), catalog, sqlSteps, faults);
  return { errors: faults.errors, warnings: faults.warnings };
}
