/** One unit of work: the database makes it; row-level security, the outbox and the inbox ride on it. */
export interface Transaction {
  /** Runs one parameterised statement (`$1`, `$2`, …) and gives its rows; names as the statement spells them. */
  rows<Row>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Calls `work` once the transaction has committed, never when it rolled back. It is not awaited and must not throw. */
  afterCommit(work: () => void): void;
}
