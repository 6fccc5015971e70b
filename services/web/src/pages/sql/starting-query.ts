/** A name as SQL takes it whatever it holds. */
export const quoteName = (name: string): string => (/^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`);

/** A statement to begin with on a table. */
export const startingQuery = (dataset: string): string => `SELECT *\nFROM ${quoteName(dataset)}\nLIMIT 100`;
