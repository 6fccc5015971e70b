import { resolve } from "node:path";
import type { DeadLetter } from "@rivergen/event-fabric";
import { type Environment, parsePlatformConfig } from "./config.ts";
import { createLog } from "./log.ts";
import type { AnyDefinition } from "./runtime.ts";
import { loadSecrets } from "./secrets.ts";
import { openStores, type Stores } from "./stores.ts";

/** What is to be done with messages that were given up. */
export type DeadLetterCommand = { readonly do: "list" } | { readonly do: "replay"; readonly group: string; readonly ids: readonly string[] };

/**
 * Lists messages that every try failed to handle, or gives them back to their group: beside a running platform, or while
 * it is stopped (they are then handled at the next start).
 * @returns lines for the terminal
 */
export async function administerDeadLetters(definitions: readonly AnyDefinition[], environment: Environment, command: DeadLetterCommand): Promise<string[]> {
  const config = parsePlatformConfig(environment);
  const secrets = await loadSecrets(resolve(config.RIVERGEN_HOME));
  const needs = definitions.flatMap(({ state }) => (state ? [state] : []));
  const stores = await openStores(config, secrets, needs, createLog(config.LOG_LEVEL, "dead-letters"));
  try {
    return command.do === "list" ? await list(stores) : await replay(stores, command.group, command.ids);
  } finally {
    await stores.close();
  }
}

type Database = Parameters<Parameters<Stores["databases"]["forEach"]>[0]>[0];

/** Groups that have given messages up. */
async function groupsOf(schema: string, database: Database): Promise<string[]> {
  const rows = await database.inSystem((tx) =>
    tx.rows<{ name: string }>(`select distinct group_name as name from ${schema}.dead_letters where replay_at is null order by name`),
  );
  return rows.map(({ name }) => name);
}

async function list({ databases, fabric }: Stores): Promise<string[]> {
  const lines: string[] = [];
  for (const [schema, database] of databases)
    for (const group of await groupsOf(schema, database)) lines.push(...(await fabric.listDeadLetters({ schema, database, group })).map(toLine));
  return lines.length > 0 ? lines : ["no message was given up"];
}

/** Never the message's data: it is a tenant's. */
function toLine({ group, message, tries, cause, failedAt }: DeadLetter): string {
  const why = `${cause.code === undefined ? "" : `${cause.code} `}${cause.message.split("\n", 1)[0] ?? ""}`;
  return [failedAt, group, message.id, message.type, message.subject, `${tries} tries`, why].join("   ");
}

async function replay({ databases, fabric }: Stores, group: string, ids: readonly string[]): Promise<string[]> {
  let count = 0;
  for (const [schema, database] of databases) {
    if (!(await groupsOf(schema, database)).includes(group)) continue;
    count += await fabric.replayDeadLetters({ schema, database, group, ...(ids.length > 0 && { ids }) });
  }
  return [`${count} ${count === 1 ? "message" : "messages"} given back to ${group}`];
}
