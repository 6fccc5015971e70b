import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { setTimeout as pause } from "node:timers/promises";
import type { RiverGenClient } from "@rivergen/client";
import { uploadFile } from "@rivergen/client/node";
import { root } from "../root.ts";
import { type BenchResult, compare, median, timed } from "./compare.ts";
import { startPlatform, withFolder } from "./platform.ts";

const ROUNDS = 5;
/** Small statements are offered at this rate, whether or not the ones before have been answered. */
const SMALL_EVERY_MS = 500;
const SMALL_PER_ROUND = 10;
/** The same bounds as a statement of the platform has. */
const PEER_OPTIONS = ["2", "1GiB"];

const require = createRequire(import.meta.url);
const flights = join(root, "node_modules/vega-datasets/data/flights-3m.parquet");

/** Statements of a second and more over three million rows. */
const large = [
  `select count(*) as n from (select row_number() over (partition by origin order by delay, distance, date) as a, row_number() over (partition by destination order by delay, distance, date) as b from flights) where a = b`,
  `select origin, destination, count(*) as n from (select origin, destination, row_number() over (partition by origin, destination order by date, delay, distance) as k, count(*) over (partition by date) as same from flights) where k % 7 = same % 7 group by origin, destination order by n desc, origin, destination limit 20`,
];
const small = `select origin, count(*) as n, avg(delay) as delay from flights where destination = 'SFO' group by origin order by n desc, origin limit 5`;

type Ask = (sql: string) => Promise<unknown>;

export interface SqlResult extends BenchResult {
  /** Small statements, two a second offered: medians in ms, and what the platform adds. */
  readonly small: { readonly ours: number; readonly peer: number; readonly added: number; readonly statements: number };
}

/** `POST /v1/queries` beside the same statement in a bare DuckDB process that stands open, over the same file. */
export async function benchSql(): Promise<SqlResult> {
  return withFolder(async (folder) => {
    await mkdir(join(folder, "home"));
    const platform = await startPlatform(join(folder, "home"));
    try {
      const client = await platform.signIn();
      const stored = await uploadFile(client, flights, { path: "flights.parquet", dataset: "flights" });
      if (stored.dataset?.status !== "ready") throw new Error(`The flights were not loaded: ${JSON.stringify(stored.dataset)}`);
      return await measure(client);
    } finally {
      await platform.stop();
    }
  });
}

async function measure(client: RiverGenClient): Promise<SqlResult> {
  const ours: Ask = (sql) => client.query({ body: { sql } });
  const peers = createPeers({ flights });
  const waits: Record<"ours" | "peer", number[]> = { ours: [], peer: [] };
  await agree(ours, peers);
  const result = await compare({
    name: "sql",
    unit: "ms",
    peerName: "bare DuckDB process",
    rounds: ROUNDS,
    versions: { duckdb: (require("@duckdb/node-api/package.json") as { version: string }).version },
    ours: () => askAll(ours, waits.ours),
    peer: () => askAll(peers.ask, waits.peer),
  });
  await peers.close();
  const medians = { ours: median(waits.ours), peer: median(waits.peer) };
  const added = medians.ours - medians.peer;
  console.log(
    `small statements, two a second offered: ours ${medians.ours.toFixed(1)} ms, peer ${medians.peer.toFixed(1)} ms, added ${added.toFixed(1)} ms (p50 of ${waits.ours.length})`,
  );
  return { ...result, small: { ours: medians.ours, peer: medians.peer, added, statements: waits.ours.length } };
}

/** Both must give the same rows, or nothing is compared. */
async function agree(ours: Ask, peers: Peers): Promise<void> {
  for (const sql of [small, ...large]) {
    const [mine, theirs] = [await ours(sql), await peers.ask(sql)] as { rows: object[] }[];
    const values = (answer: typeof mine): string =>
      JSON.stringify(answer?.rows.map((row) => Object.values(row).map((value) => (Number.isNaN(Number(value)) ? value : Number(value).toFixed(6)))));
    if (values(mine) !== values(theirs)) throw new Error(`The answers differ for ${sql}:\n${values(mine)}\n${values(theirs)}`);
  }
}

/** One round: the small ones at their rate, then each large one alone. Gives the milliseconds of the large ones. */
async function askAll(ask: Ask, waits: number[]): Promise<number> {
  const offered: Promise<void>[] = [];
  for (let count = 0; count < SMALL_PER_ROUND; count += 1) {
    offered.push(timed(() => ask(small)).then((ms) => void waits.push(ms)));
    await pause(SMALL_EVERY_MS);
  }
  await Promise.all(offered);
  let totalMs = 0;
  for (const sql of large) {
    totalMs += await timed(() => ask(sql));
    // The next process is opened meanwhile, on both sides.
    await pause(SMALL_EVERY_MS);
  }
  return totalMs;
}

/** @throws Error when the process ends without a word */
async function messageOf(child: ChildProcess): Promise<unknown> {
  const ended = new AbortController();
  const end = (): void => ended.abort(new Error("The bare DuckDB process ended without an answer"));
  child.once("exit", end);
  const [message] = (await once(child, "message", { signal: ended.signal })) as [unknown];
  child.off("exit", end);
  return message;
}

interface Peers {
  readonly ask: Ask;
  close(): Promise<void>;
}

/** Single-use processes as the platform's are: one stands open, the next is opened after the answer. */
function createPeers(views: Readonly<Record<string, string>>): Peers {
  const open = async () => {
    const child = fork(fileURLToPath(import.meta.resolve("./duckdb-peer.ts")), [...PEER_OPTIONS, JSON.stringify(views)]);
    await messageOf(child);
    return child;
  };
  let idle = open();
  return {
    async ask(sql) {
      const mine = idle;
      const next = Promise.withResolvers<ChildProcess>();
      idle = next.promise;
      try {
        const child = await mine;
        const answered = messageOf(child);
        child.send(sql);
        return await answered;
      } finally {
        next.resolve(open());
      }
    },
    async close() {
      (await idle).kill();
    },
  };
}
