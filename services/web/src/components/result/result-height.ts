/** Pixels that are kept free for a result of so many rows, so that nothing below it moves when it comes or is shown otherwise. */
export const resultHeight = (rowCount: number | null): number => (rowCount === 1 ? 190 : 570);
