import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Person, send, signUp } from "../http.ts";

const data = fileURLToPath(new URL("../../../../node_modules/vega-datasets/data", import.meta.url));

/** Accounts and things that the pages show: one workspace without anything, one with everything. */
export interface Scene {
  readonly nobody: Account;
  readonly somebody: Account;
  readonly prompts: { readonly planned: string; readonly question: string; readonly unanswerable: string };
  readonly runs: { readonly succeeded: string; readonly failed: string };
}
export interface Account extends Person {
  /** What the browser keeps for somebody who is signed in. */
  readonly session: string;
}

const river = `apiVersion: rivergen.dev/v1
river: delay_by_state
description: Average delay of each state in one month
sources: { flights: { dataset: flights }, airports: { dataset: airports } }
steps:
  one_month: { from: flights, filter: month(date) = 6 }
  placed: { from: one_month, join: { to: airports, where: origin = airports.iata, type: inner } }
  delays: { from: placed, aggregate: { by: [state], values: { average_delay: avg(delay), flights: count(*) } } }
outputs: { state_delays: { from: delays } }
`;
/** Words that are no numbers: the step fails while it runs. */
const failing = river
  .replace("delay_by_state", "strict_delays")
  .replace("state_delays:", "strict:")
  .replace("average_delay: avg(delay)", "broken: sum(cast(origin as integer))");

/** Fills a platform by its public interface only. */
export async function setScene(url: string): Promise<Scene> {
  const nobody = await openAccount(url, "Nora Empty");
  const somebody = await openAccount(url, "Sam Full");
  const upload = async (path: string, content: string | Uint8Array, type: string): Promise<void> => {
    await expect(somebody.send("PUT", `/v1/files/${path}`, content, { "content-type": type, prefer: "wait=60" }), [200, 201]);
  };
  await upload("airports.csv", await readFile(join(data, "airports.csv")), "text/csv");
  await upload("flights.parquet", await readFile(join(data, "flights-3m.parquet")), "application/vnd.apache.parquet");
  await upload("people.csv", people(), "text/csv");
  await upload(
    "broken.csv",
    Uint8Array.from({ length: 400 }, (_, index) => (index * 37) % 256),
    "text/csv",
  );
  await somebody.send("PATCH", "/v1/datasets/flights", { description: "Flights within the United States with their delay in minutes" });
  await expect(somebody.send("POST", "/v1/rivers", river, { "content-type": "application/yaml" }), [201]);
  await expect(somebody.send("PUT", "/v1/rivers/delay_by_state", river.replace("= 6", "= 3"), { "content-type": "application/yaml" }), [200, 201]);
  const succeeded = await expect(somebody.send("POST", "/v1/rivers/delay_by_state/runs", {}, { prefer: "wait=60" }), [200]);
  const broken = await somebody.send("POST", "/v1/rivers", failing, { "content-type": "application/yaml" });
  const failed = broken.status === 201 ? await expect(somebody.send("POST", "/v1/rivers/strict_delays/runs", {}, { prefer: "wait=60" }), [200]) : succeeded;
  await expect(somebody.send("POST", "/v1/queries", { sql: "select state, count(*) as airports from airports group by all" }), [200]);
  // Of the two tables only: what rivers wrote would answer too.
  const ask = async (text: string): Promise<string> =>
    (await expect(somebody.send("POST", "/v1/prompts", { text, datasets: ["flights", "airports"] }), [200])).id;
  return {
    nobody,
    somebody,
    prompts: {
      planned: await ask("average delay by origin, worst 5"),
      question: await ask("number of flights by state, top 5"),
      unanswerable: await ask("average salary by department"),
    },
    runs: { succeeded: succeeded.id, failed: failed.id },
  };
}

async function expect(answer: ReturnType<Person["send"]>, statuses: readonly number[]): Promise<{ readonly id: string }> {
  const { status, text, json } = await answer;
  if (!statuses.includes(status)) throw new Error(`${status}: ${text}`);
  return json as { id: string };
}

/** Rows of which some are wrong: they are listed, not altered. */
function people(): string {
  const rows = Array.from({ length: 400 }, (_, index) => {
    const salary = index % 97 === 5 ? "n/a" : String(30_000 + ((index * 7_919) % 60_000));
    return `${index + 1},Person ${index + 1},person${index + 1}@example.test,2024-${String((index % 12) + 1).padStart(2, "0")}-15,${salary}`;
  });
  return ["id,name,email,joined,salary", ...rows, "9999,Too,many,fields,in,this,row", ""].join("\n");
}

/** Signs up somebody new. */
export async function openAccount(url: string, name: string): Promise<Account> {
  const person = await signUp(url, name);
  const { json } = await send(url, "GET", "/v1/auth/session", undefined, { authorization: `Bearer ${person.token}` });
  const session = { token: person.token, user: json.user as object, workspaces: json.workspaces as object[], workspaceId: person.workspaceId };
  return { ...person, session: JSON.stringify(session) };
}
