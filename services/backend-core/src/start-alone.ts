import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startProcess } from "@rivergen/service-kit";
import { definition } from "./definition.ts";

type Database = Parameters<NonNullable<Parameters<typeof startProcess>[0]["wrapDatabase"]>>[0];

/** The service over its real tables, without the services it calls. */
export interface Alone {
  readonly inWorkspace: Database["inWorkspace"];
  readonly inSystem: Database["inSystem"];
  stop(): Promise<void>;
}

/** For tests of what stands on its tables: nobody answers where the services it calls would be. */
export async function startAlone(): Promise<Alone> {
  const home = await mkdtemp(join(tmpdir(), "rivergen-backend-core-"));
  const names = ["CAPABILITY_SCHEMA_METADATA", "CAPABILITY_EXECUTION_SUPPORT"];
  const nowhere = Object.fromEntries(names.map((name) => [`SERVICE_${name}_URL`, "http://127.0.0.1:9"]));
  let database: Database | undefined;
  const platform = await startProcess({
    definitions: [definition],
    environment: { RIVERGEN_HOME: home, PORT: "0", LOG_LEVEL: "silent", LOCAL_OWNER: "0", ...nowhere },
    wrapDatabase: (given) => (database = given),
  });
  if (!database) throw new Error("The service was started without its database.");
  const { inWorkspace, inSystem } = database;
  return {
    inWorkspace,
    inSystem,
    async stop() {
      await platform.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}
