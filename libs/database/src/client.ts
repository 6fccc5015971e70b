import pg from "pg";
import type { Client } from "pg";
import { toStoreError } from "./errors.ts";
import { valueTypes } from "./types.ts";

/**
 * Runs `work` on a connection of its own, which is closed afterwards together with its session locks.
 * For administration only: not through a transaction pooler.
 * @throws STORE_UNAVAILABLE
 */
export async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: "rivergen-admin", connectionTimeoutMillis: 10_000, types: valueTypes });
  client.on("error", () => {}); // the statement that runs reports the loss
  try {
    await client.connect();
    return await work(client);
  } catch (error) {
    throw toStoreError(error);
  } finally {
    await client.end().catch(() => {});
  }
}
