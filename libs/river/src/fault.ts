import type { Fault } from "@rivergen/contracts";

/** Line and column (from 1) of a place in the text a document came from. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/**
 * Finds where a JSON Pointer's key (the default) or value stands in the text. `isExact`: the value's characters follow
 * one to one from there, so that a place inside it can be counted on.
 */
export type Positions = (pointer: string, part?: "key" | "value") => (Position & { readonly isExact?: boolean }) | undefined;

/** Gathers faults and warnings of one document, each with its place in the text. */
export interface Faults {
  readonly errors: Fault[];
  readonly warnings: Fault[];
  /** `inner` is a place inside the text of the value at that path. */
  readonly report: (path: string, code: string, message: string, inner?: Position) => void;
  readonly warn: (path: string, code: string, message: string) => void;
  /** Whether something at or below a path is faulty. */
  readonly isFaulty: (path: string) => boolean;
  /** Whether a path itself is faulty, whatever lies below. */
  readonly isFaultyAt: (path: string) => boolean;
}

/** Most faults that are reported of one document. */
const maxFaults = 1_000;

/** Finds the position of a pointer, or of the nearest thing around it. */
function nearestPosition(positions: Positions | undefined, path: string): Position | undefined {
  for (let current = path; ; current = current.slice(0, current.lastIndexOf("/"))) {
    const found = positions?.(current);
    if (found || current === "") return found;
  }
}

export function createFaults(positions?: Positions): Faults {
  const errors: Fault[] = [];
  const warnings: Fault[] = [];
  const seen = new Set<string>();
  const make = (path: string, code: string, message: string, inner?: Position): Fault => {
    const value = inner && positions?.(path, "value");
    const isPrecise = value?.isExact === true && inner?.line === 1;
    const found = isPrecise ? { line: value.line, column: value.column + inner.column - 1 } : nearestPosition(positions, path);
    const place = found && { line: found.line, column: found.column };
    const where = inner && (inner.line > 1 || inner.column > 1) ? ` (line ${inner.line}, column ${inner.column} of the expression)` : "";
    return { path, code, message: message + where, ...place };
  };
  const add = (list: Fault[], fault: Fault): void => {
    const key = `${fault.path}\0${fault.code}\0${fault.message}`;
    if (seen.has(key) || list.length >= maxFaults) return;
    seen.add(key);
    list.push(fault);
  };
  return {
    errors,
    warnings,
    report: (path, code, message, inner) => add(errors, make(path, code, message, inner)),
    warn: (path, code, message) => add(warnings, make(path, code, message)),
    isFaultyAt: (path) => errors.some((fault) => fault.path === path),
    isFaulty: (path) => errors.some((fault) => fault.path === path || fault.path.startsWith(`${path}/`)),
  };
}
