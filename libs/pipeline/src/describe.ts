import type { AnyProcessor } from "./processor.ts";

/** What a processor is made of at the moment, as plain data. */
export interface ProcessorTree {
  readonly name: string;
  readonly kind: string;
  readonly children: readonly ProcessorTree[];
}

/** The tree below a processor. */
export function describeProcessor(processor: AnyProcessor): ProcessorTree {
  return { name: processor.name, kind: processor.kind, children: processor.children().map(describeProcessor) };
}
