import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { Transaction } from "@rivergen/contracts";
import { startProcess, type RunningProcess } from "@rivergen/service-kit";
import { io } from "socket.io-client";
import { services } from "./services.ts";

type Database = Parameters<NonNullable<Parameters<typeof startProcess>[0]["wrapDatabase"]>>[0];

/**
 * Each safeguard alone. Without the application's filter, statements ask for every workspace and only row-level security
 * is left; without row-level security (the role that sees all), only the filter is.
 */
const safeguards: Record<string, (database: Database) => Database> = {
  "row-level security and the application's filter": (database) => database,
  "row-level security alone": (database) => ({
    ...database,
    inWorkspace: (workspaceId, work, options) => database.inWorkspace(workspaceId, (tx) => work(withoutFilter(tx)), options),
  }),
  "the application's filter alone": (database) => ({ ...database, inWorkspace: (_workspaceId, work, options) => database.inSystem(work, options) }),
};

function withoutFilter(tx: Transaction): Transaction {
  return {
    ...tx,
    rows: (sql, values) =>
      tx.rows(/^\s*(select|with)/i.test(sql) ? sql.replaceAll(/\b((?:\w+\.)?workspace_id) = \$(\d+)/g, "($1 = $$$2 or true)") : sql, values),
  };
}

for (const [name, wrapDatabase] of Object.entries(safeguards)) {
  describe(`another tenant, with ${name}`, () => {
    let home: string;
    let platform: RunningProcess;
    let ann: Person;
    let bob: Person;
    let foreign: { run: string; river: string; flow: string; dataset: string; file: string; prompt: string };

    before(async () => {
      home = await mkdtemp(join(tmpdir(), "rivergen-tenants-"));
      platform = await startProcess({ definitions: services, environment: { RIVERGEN_HOME: home, PORT: "0", LOG_LEVEL: "silent" }, wrapDatabase });
      ann = await signUp(platform.url, "Ann");
      bob = await signUp(platform.url, "Bob");
      foreign = await fill(ann);
      await bob.send("PUT", "/v1/files/own.csv", "a\n1\n", { "content-type": "text/csv", prefer: "wait=30" });
    });
    after(async () => {
      await platform.stop();
      await rm(home, { recursive: true, force: true });
    });

    test("reads and changes nothing: foreign and absent look the same", async () => {
      const { run, river, flow, dataset, file, prompt } = foreign;
      const requests: [string, string, unknown?, Record<string, string>?][] = [
        ["GET", `/v1/files/${file}`],
        ["GET", "/v1/files/canary.csv"],
        ["GET", `/v1/files/${file}/content`],
        ["DELETE", `/v1/files/${file}`],
        ["GET", `/v1/datasets/${dataset}`],
        ["GET", "/v1/datasets/canary"],
        ["PATCH", `/v1/datasets/${dataset}`, { description: "mine" }],
        ["DELETE", `/v1/datasets/${dataset}`],
        ["POST", `/v1/datasets/${dataset}/reread`, {}],
        ...["versions", "profile", "preview", "content", "lineage"].map((part): [string, string] => ["GET", `/v1/datasets/${dataset}/${part}`]),
        ["GET", `/v1/rivers/${river}`],
        ["GET", "/v1/rivers/canary_totals"],
        ["GET", `/v1/rivers/${river}/versions`],
        ["POST", `/v1/rivers/${river}/plan`, {}],
        ["POST", `/v1/rivers/${river}/runs`, {}],
        ["POST", `/v1/rivers/${river}/save`, {}],
        ["POST", `/v1/rivers/${river}/rollback`, { version: 1 }],
        ["DELETE", `/v1/rivers/${river}`],
        ["GET", `/v1/flows/${flow}`],
        ["GET", "/v1/flows/canary_flow"],
        ["GET", `/v1/flows/${flow}/versions`],
        ["GET", `/v1/flows/${flow}/graph`],
        ["POST", `/v1/flows/${flow}/rollback`, { version: 1 }],
        ["POST", `/v1/flows/${flow}/test`, { records: [] }],
        ["DELETE", `/v1/flows/${flow}`],
        ["GET", `/v1/runs/${run}`],
        ["GET", `/v1/runs/${run}/events`],
        ["GET", `/v1/runs/${run}/outputs/canary_totals`],
        ["POST", `/v1/runs/${run}/cancel`],
        ["POST", `/v1/runs/${run}/resume`],
        ["GET", `/v1/prompts/${prompt}`],
        ["POST", `/v1/prompts/${prompt}/answers`, { answers: [{ id: "reading", value: "x" }] }],
        ["POST", "/v1/prompts", { text: "count rows", datasets: ["canary"] }],
        ["POST", "/v1/prompts", { text: "count rows", follows: prompt }],
      ];
      for (const [method, path, body, headers] of requests) {
        const answer = await bob.send(method, path, body, headers);
        assert.equal(answer.status, 404, `${method} ${path}: ${answer.status} ${answer.text.slice(0, 200)}`);
        assert.ok(!answer.text.includes("canary-value"), path);
        const absent = await bob.send(method, path.replaceAll(/(fil|dst|riv|flw|run|pmt)_[0-9a-z]+/g, "$1_00000000000000000000000000"), body, headers);
        assert.deepEqual({ ...answer.json, requestId: "" }, { ...absent.json, requestId: "" }, path);
      }
      assert.equal((await ann.send("GET", `/v1/datasets/${dataset}`)).json.description, "");
    });

    test("lists only its own", async () => {
      for (const path of [
        "/v1/files",
        "/v1/datasets",
        "/v1/rivers",
        "/v1/flows",
        "/v1/runs",
        "/v1/billing/usage",
        "/v1/events?after=0",
        "/v1/workspaces",
        "/v1/api-keys",
      ]) {
        const { status, text } = await bob.send("GET", path);
        assert.equal(status, 200, text);
        assert.ok(!text.includes("canary") && !text.includes(ann.workspaceId), `${path}: ${text.slice(0, 500)}`);
      }
    });

    test("cannot query or build on foreign tables", async () => {
      const query = await bob.send("POST", "/v1/queries", { sql: "select * from canary" });
      assert.deepEqual([query.status, query.json.code], [422, "QUERY_REFUSED"]);
      const validated = await bob.send("POST", "/v1/rivers/validate", document, { "content-type": "application/yaml" });
      assert.equal(validated.json.errors[0].path, "/sources/canary/dataset");
    });

    test("cannot subscribe to foreign channels or speak for a foreign workspace", async () => {
      const socket = io(platform.url, {
        path: "/v1/realtime",
        auth: { token: bob.token, workspaceId: bob.workspaceId },
        transports: ["websocket"],
        reconnection: false,
      });
      await new Promise((resolve, reject) => socket.once("connect", () => resolve(0)).once("connect_error", reject));
      for (const channel of [`run:${foreign.run}`, `dataset:${foreign.dataset}`]) {
        const answer = (await socket.timeout(5_000).emitWithAck("subscribe", { channels: [channel] })) as { ok: boolean; code: string };
        assert.deepEqual([answer.ok, answer.code.endsWith("_NOT_FOUND")], [false, true]);
      }
      socket.close();
      const thief = io(platform.url, {
        path: "/v1/realtime",
        auth: { token: bob.token, workspaceId: ann.workspaceId },
        transports: ["websocket"],
        reconnection: false,
      });
      const refusal = await new Promise<{ data?: { code?: string } }>((resolve) => thief.once("connect_error", (error) => resolve(error as never)));
      assert.equal(refusal.data?.code, "WORKSPACE_NOT_FOUND");
      thief.close();
    });
  });
}

const document = `apiVersion: rivergen.dev/v1
river: canary_totals
sources: { canary: { dataset: canary } }
steps:
  counted: { from: canary, aggregate: { by: [word], values: { n: count(*) } } }
outputs:
  canary_totals: { from: counted }
`;

async function fill(person: Person): Promise<{ run: string; river: string; flow: string; dataset: string; file: string; prompt: string }> {
  const stored = await person.send("PUT", "/v1/files/canary.csv", "word,n\ncanary-value,1\nother,2\n", { "content-type": "text/csv", prefer: "wait=30" });
  assert.equal(stored.json.dataset.status, "ready", stored.text);
  const river = await person.send("POST", "/v1/rivers", document, { "content-type": "application/yaml" });
  assert.equal(river.status, 201, river.text);
  const run = await person.send("POST", "/v1/rivers/canary_totals/runs", {}, { prefer: "wait=30" });
  assert.equal(run.json.status, "succeeded", run.text);
  const flow = await person.send("POST", "/v1/flows?name=canary_flow", { ref: "derive", config: { word: "'canary-value'" } });
  assert.equal(flow.status, 201, flow.text);
  const prompt = await person.send("POST", "/v1/prompts", { text: "number of rows by word" });
  assert.equal(prompt.status, 200, prompt.text);
  return { run: run.json.id, river: river.json.id, flow: flow.json.id, dataset: stored.json.dataset.id, file: stored.json.file.id, prompt: prompt.json.id };
}

interface Person {
  readonly token: string;
  readonly workspaceId: string;
  // Answers have every shape.
  // oxlint-disable-next-line typescript/no-explicit-any
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<{ status: number; text: string; json: any }>;
}

/** A new account that speaks over the wire; a body that is no text goes out as JSON. */
async function signUp(url: string, name: string): Promise<Person> {
  const speakAs =
    (authorization: Record<string, string>): Person["send"] =>
    async (method, path, body, headers = {}) => {
      const type = body === undefined || typeof body === "string" ? {} : { "content-type": "application/json" };
      const content = body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) };
      const response = await fetch(`${url}${path}`, { method, headers: { ...authorization, ...type, ...headers }, ...content });
      const text = await response.text();
      return { status: response.status, text, json: response.headers.get("content-type")?.includes("json") === true ? JSON.parse(text) : undefined };
    };
  const credentials = { email: `${name.toLowerCase()}@example.test`, password: "three rivers meet 42", name };
  const { json, status, text } = await speakAs({})("POST", "/v1/auth/sign-up", credentials);
  assert.equal(status, 201, text);
  return { token: json.token, workspaceId: json.workspace.id, send: speakAs({ authorization: `Bearer ${json.token}` }) };
}
