/** Name of the view that a stage reads a source from. */
export const sourceViewName = (source: string): string => `source_${source}`;

/** Name of the stage that runs a flow step. No output is called so: names of outputs have no dots. */
export const flowStageName = (step: string): string => `${step}.flow`;

/** Name of the run's output that holds what a flow step set aside. */
export const setAsideName = (step: string): string => `${step}.set_aside`;

/** Name of the stage that computes what a flow reads, up to a step. */
export const checkpointStageName = (step: string): string => `${step}.checkpoint`;

/** Name of the view that a stage reads an earlier output's checkpoint from. */
export const outputViewName = (output: string): string => `output_${output}`;
