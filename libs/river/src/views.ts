/** Name of the view that a stage reads a source from. */
export const sourceViewName = (source: string): string => `source_${source}`;

/** Name of the view that a stage reads an earlier output's checkpoint from. */
export const outputViewName = (output: string): string => `output_${output}`;
