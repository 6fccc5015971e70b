import { defineProcessor } from "../processor.ts";
import type { Processor } from "../processor.ts";
import { runStages } from "./run-stages.ts";
import type { Stage } from "./run-stages.ts";

/** Stages of one type, one after the other, which may be changed while it runs: a run keeps the stages it began with. */
export interface Sequence<T> extends Processor<T, T> {
  /** Puts stages at the end. */
  push(...stages: readonly Processor<T, T>[]): void;
  /** Takes the last stage; undefined when there is none. */
  pop(): Processor<T, T> | undefined;
  /** Takes the first stage; undefined when there is none. */
  shift(): Processor<T, T> | undefined;
  /** Puts stages at the beginning. */
  unshift(...stages: readonly Processor<T, T>[]): void;
  /** Puts stages before the first one of that name. @returns false when there is none */
  before(name: string, ...stages: readonly Processor<T, T>[]): boolean;
  /** Puts stages behind the first one of that name. @returns false when there is none */
  after(name: string, ...stages: readonly Processor<T, T>[]): boolean;
  /** Puts a stage in the place of the first one of that name. @returns the one that was there */
  replace(name: string, stage: Processor<T, T>): Processor<T, T> | undefined;
  /** Takes out the first stage of that name. @returns it */
  remove(name: string): Processor<T, T> | undefined;
  /** Takes out all. */
  clear(): void;
}

/** Without stages it gives its input on. A stage that was taken out is not closed: its owner has it back. */
export function sequence<T>(name: string, initial: readonly Processor<T, T>[] = []): Sequence<T> {
  type One = Processor<T, T>;
  /** Never changed, only replaced: runs hold on to it. */
  let stages: readonly One[] = [...initial];

  function splice(target: string, offset: number, removed: number, added: readonly One[]): One | undefined {
    const index = stages.findIndex((stage) => stage.name === target);
    const found = stages[index];
    if (found) stages = stages.toSpliced(index + offset, removed, ...added);
    return found;
  }

  const processor = defineProcessor<T, T>({
    name,
    kind: "sequence",
    isLeaf: false,
    run: (input, context) => runStages(name, stages as readonly Stage[], input, context) as T,
    children: () => stages,
  });

  return Object.assign(processor, {
    push: (...added: readonly One[]) => void (stages = [...stages, ...added]),
    pop() {
      const last = stages.at(-1);
      stages = stages.slice(0, -1);
      return last;
    },
    shift() {
      const first = stages[0];
      stages = stages.slice(1);
      return first;
    },
    unshift: (...added: readonly One[]) => void (stages = [...added, ...stages]),
    before: (target: string, ...added: readonly One[]) => splice(target, 0, 0, added) !== undefined,
    after: (target: string, ...added: readonly One[]) => splice(target, 1, 0, added) !== undefined,
    replace: (target: string, stage: One) => splice(target, 0, 1, [stage]),
    remove: (target: string) => splice(target, 0, 1, []),
    clear: () => void (stages = []),
  });
}
