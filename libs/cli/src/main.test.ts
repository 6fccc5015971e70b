import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { test, type TestContext } from "node:test";
import { main } from "./main.ts";
import { createStateFile } from "./state.ts";
import type { TerminalStreams } from "./terminal.ts";

async function temporary(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "river-cli-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command line in a folder that has nothing but what the test put there. */
async function river(folder: string, argv: string[], environment: Record<string, string> = {}): Promise<Outcome> {
  const read = (stream: PassThrough): { text: string } => {
    const kept = { text: "" };
    stream.on("data", (chunk: Buffer) => (kept.text += chunk.toString()));
    return kept;
  };
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const [out, err] = [read(stdout), read(stderr)];
  const streams = { stdin, stdout, stderr } as unknown as TerminalStreams;
  const code = await main(argv, streams, { RIVERGEN_HOME: join(folder, "home"), XDG_CONFIG_HOME: join(folder, "config"), ...environment }, folder);
  return { code, out: out.text, err: err.text };
}

test("wrong use ends with 64 and a way out", async (t) => {
  const folder = await temporary(t);
  for (const argv of [
    [],
    ["nope"],
    ["ask"],
    ["upload"],
    ["query", "select 1", "--format", "xml"],
    ["ask", "x", "--limit", "0"],
    ["ask", "x", "--answer", "y"],
    ["upload", "no-such.csv"],
    ["up", "--port", "x"],
    ["validate", "x.txt"],
  ]) {
    const { code, out, err } = await river(folder, argv);
    assert.equal(code, 64, argv.join(" "));
    assert.equal(out, "", argv.join(" "));
    assert.notEqual(err, "", argv.join(" "));
  }
});

test("help is 0 and has examples for every command", async (t) => {
  const folder = await temporary(t);
  const { code, out } = await river(folder, ["--help"]);
  assert.equal(code, 0);
  const version = await river(folder, ["--version"]);
  assert.equal(version.code, 0);
  assert.match(version.out, /^\d+\.\d+\.\d+\n$/);
  const commands = [
    "up",
    "upload",
    "ask",
    "query",
    "validate",
    "plan",
    "run",
    "save",
    "datasets",
    "rivers",
    "runs",
    "watch",
    "cancel",
    "usage",
    "sign-in",
    "sign-up",
    "sign-out",
  ];
  for (const command of commands) {
    assert.match(out, new RegExp(`^  ${command}\\b`, "m"));
    const help = await river(folder, [command, "--help"]);
    assert.equal(help.code, 0, command);
    assert.match(help.out, new RegExp(`Examples:\n  \\$ river ${command}`), command);
    assert.match(help.out, /--json/);
  }
});

test("without a platform every command says how to start it", async (t) => {
  const folder = await temporary(t);
  const absent = await river(folder, ["datasets"]);
  assert.deepEqual([absent.code, absent.err], [1, "river: RiverGen is not running here. Start it with: npm start\n"]);
  await mkdir(join(folder, "home"));
  await writeFile(join(folder, "home", "address.json"), JSON.stringify({ url: "http://127.0.0.1:1", pid: process.pid }));
  await writeFile(join(folder, "home", "owner.json"), JSON.stringify({ token: "t".repeat(20), workspaceId: "wsp_1" }));
  const silent = await river(folder, ["datasets"]);
  assert.equal(silent.code, 1);
  assert.match(silent.err, /No answer from http:\/\/127\.0\.0\.1:1\. RiverGen is not running here\. Start it with: npm start {2}\(SERVICE_UNAVAILABLE\)/);
  const gone = spawn(process.execPath, ["-e", ""]);
  await new Promise((resolve) => gone.once("exit", resolve));
  await writeFile(join(folder, "home", "address.json"), JSON.stringify({ url: "http://127.0.0.1:1", pid: gone.pid }));
  assert.equal((await river(folder, ["datasets"])).err, "river: RiverGen is not running here. Start it with: npm start\n");
});

test("bad configuration is 78 and says where", async (t) => {
  const folder = await temporary(t);
  const address = await river(folder, ["datasets"], { RIVERGEN_URL: "localhost" });
  assert.deepEqual([address.code, address.err], [78, 'river: RIVERGEN_URL: "localhost" is no http address\n']);
  await mkdir(join(folder, "home"));
  await writeFile(join(folder, "home", "address.json"), "{}");
  const damaged = await river(folder, ["datasets"]);
  assert.equal(damaged.code, 78);
  assert.match(damaged.err, /address\.json is damaged/);
  await mkdir(join(folder, "config", "rivergen"), { recursive: true });
  await writeFile(join(folder, "config", "rivergen", "cli.json"), "[");
  assert.equal((await river(folder, ["datasets"], { RIVERGEN_URL: "http://127.0.0.1:1", RIVERGEN_TOKEN: "" })).code, 78);
});

test("who is not signed in elsewhere is told how to be", async (t) => {
  const { code, err } = await river(await temporary(t), ["datasets", "--url", "http://127.0.0.1:1/"]);
  assert.deepEqual([code, err], [1, "river: Nobody is signed in at http://127.0.0.1:1. Use: river sign-in --url http://127.0.0.1:1\n"]);
});

test("a workspace is named in any script", async (t) => {
  const asked: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    asked.push(request.headers["x-workspace-id"] as string | undefined);
    const session = { user: { id: "usr_1", email: "a@x.example", name: "A" }, workspaces: [{ id: "wsp_2", name: "Łódź ✓", role: "owner" }] };
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(request.url === "/v1/auth/session" ? session : { items: [], nextCursor: null }));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  t.after(() => server.close());
  const environment = { RIVERGEN_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, RIVERGEN_TOKEN: "t".repeat(20) };
  const { code, err } = await river(await temporary(t), ["datasets", "--workspace", "Łódź ✓"], environment);
  assert.deepEqual([code, err, asked], [0, "", [undefined, "wsp_2"]]);
});

test("what is remembered is private and whole", async (t) => {
  const folder = await temporary(t);
  const path = join(folder, "deep", "cli.json");
  const state = createStateFile(path);
  assert.deepEqual(await state.read(), { sessions: {}, drafts: {} });
  await state.update((known) => ({ ...known, drafts: { "u w": { id: "riv_1", name: "x" } } }));
  assert.deepEqual((await state.read()).drafts, { "u w": { id: "riv_1", name: "x" } });
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  assert.doesNotMatch(await readFile(path, "utf8"), /undefined/);
});
