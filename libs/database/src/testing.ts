import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeEmbeddedPostgres, startEmbeddedPostgres } from "./embedded/embedded.ts";

/** A server for tests. */
export interface TestPostgres {
  /** Of an administrator, for a database of its own. */
  readonly adminUrl: string;
  readonly secret: string;
  /** Removes all of it. */
  destroy(): Promise<void>;
}

/** Starts a new server in a temporary folder, on which nothing has to survive. */
export async function startTestPostgres(): Promise<TestPostgres> {
  const home = await mkdtemp(join(tmpdir(), "rivergen-postgres-"));
  await chmod(home, 0o755); // so that the server's user reaches it where tests run as root
  const { adminUrl, secret, stop } = await startEmbeddedPostgres({ home });
  return {
    adminUrl,
    secret,
    async destroy() {
      await stop();
      await removeEmbeddedPostgres({ home });
      await rm(home, { recursive: true });
    },
  };
}
