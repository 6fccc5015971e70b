import assert from "node:assert/strict";
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { main } from "../main.ts";

const bin = join(import.meta.dirname, "..", "..", "bin", "river.js");
const prices = `type: sequence
children:
  - { ref: scale, config: { by: 2 } }
  - ref: refuseNegative
`;
const processors = `export function register(registry, { z }) {
  registry.processors.add({ name: "scale", config: z.strictObject({ by: z.number() }), run: (record, context, { by }) => ({ ...record, amount: record.amount * by }) });
  registry.processors.add({ name: "refuseNegative", run: (record) => { if (record.amount < 0) throw new Error("negative"); return record; } });
  registry.processors.add({ name: "uneven", run: async (record) => { await new Promise((done) => setTimeout(done, record.ms)); return record; } });
  registry.processors.add({ name: "skip", run: (record) => (record.keep ? record : undefined) });
}
`;

interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

describe("river flow", { timeout: 120_000 }, () => {
  let folder: string;
  const children: ChildProcessWithoutNullStreams[] = [];
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "river-flow-"));
    await writeFile(join(folder, "prices.yaml"), prices);
    await mkdir(join(folder, "processors"));
    await writeFile(join(folder, "processors", "records.mjs"), processors);
  });
  after(async () => {
    for (const child of children) child.kill("SIGKILL");
    await rm(folder, { recursive: true, force: true });
  });

  function start(argv: readonly string[]): { child: ChildProcessWithoutNullStreams; kept: { out: string; err: string }; ended: Promise<Outcome> } {
    const child = spawn(process.execPath, [bin, "flow", ...argv], { cwd: folder, env: { ...process.env, RIVERGEN_HOME: join(folder, "home") } });
    const kept = { out: "", err: "" };
    children.push(child);
    child.stdout.setEncoding("utf8").on("data", (text: string) => (kept.out += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (kept.err += text));
    const ended = new Promise<Outcome>((resolve) => child.once("close", (code) => resolve({ code, ...kept })));
    return { child, kept, ended };
  }

  function river(argv: readonly string[], input = ""): Promise<Outcome> {
    const { child, ended } = start(argv);
    child.stdin.end(input);
    return ended;
  }

  const modules = ["--modules", "processors"];

  test("validate shows all faults with line, column and what was meant; 1 when there are any", async () => {
    await writeFile(
      join(folder, "bad.yaml"),
      "type: sequence\nchildren:\n  - { ref: scal, config: { by: 2 } }\n  - { type: timeout, durration: 1s, child: { ref: refuseNegative } }\n",
    );
    const bad = await river(["validate", "bad.yaml", ...modules]);
    assert.equal(bad.code, 1);
    assert.match(bad.out, /bad\.yaml:3:12 {2}\/children\/0 .*did you mean scale\? {2}PROCESSOR_NOT_FOUND/);
    assert.match(bad.out, /bad\.yaml:4:22 {2}\/children\/1\/durration .*did you mean duration\? {2}UNKNOWN_KEY/);
    const json = await river(["validate", "bad.yaml", ...modules, "--json"]);
    const { valid, errors } = JSON.parse(json.out) as { valid: boolean; errors: { line: number; column: number; suggestion: string }[] };
    assert.deepEqual(
      [valid, errors.map(({ line, column, suggestion }) => [line, column, suggestion])],
      [
        false,
        [
          [3, 12, "scale"],
          [4, 22, "duration"],
        ],
      ],
    );
    const good = await river(["validate", "prices.yaml", ...modules]);
    assert.deepEqual([good.code, good.out], [0, "✓ prices.yaml is valid\n"]);
  });

  test("a file that never ends is refused as soon as it is longer than a flow can be", async () => {
    await symlink("/dev/zero", join(folder, "endless.yaml"));
    const { code, err } = await river(["validate", "endless.yaml"]);
    assert.deepEqual([code, err], [64, "river: endless.yaml: It is larger than a flow can be\n"]);
  });

  test("run carries records in order; failures go to stderr with their path and the code is 2", async () => {
    const { code, out, err } = await river(["run", "prices.yaml", ...modules], '{"amount":1}\n{"amount":-1}\nno json\n\n{"amount":3}');
    assert.deepEqual([code, out], [2, '{"amount":2}\n{"amount":6}\n']);
    const [negative, unreadable, summary] = err.trimEnd().split("\n");
    const first = JSON.parse(negative ?? "") as { line: number; input: unknown; error: Record<string, unknown> };
    assert.deepEqual([first.line, first.input], [2, { amount: -1 }]);
    assert.deepEqual(
      [first.error["code"], first.error["path"], first.error["message"], first.error["attempt"]],
      ["INTERNAL", ["sequence", "refuseNegative"], "negative", 1],
    );
    assert.equal((JSON.parse(unreadable ?? "") as { error: { code: string } }).error.code, "BODY_NOT_PARSEABLE");
    assert.equal(summary, "river: 2 of 4 records failed");
  });

  test("expressions need no module: numbers, texts and truth are what JSON says they are", async () => {
    const steps = [
      { ref: "derive", config: { total: "amount * 2", name: "upper(trim(name))" } },
      { type: "filter", predicate: "where", config: { expression: "total > 100" }, then: { ref: "derive", config: { large: "true" } } },
      { ref: "scale", config: { by: 10 } },
    ];
    await writeFile(join(folder, "records.json"), JSON.stringify({ type: "sequence", children: steps }));
    const { code, out, err } = await river(
      ["run", "records.json", ...modules],
      '{"name":" ada ","amount":10}\n{"name":"bo","amount":250.5}\n{"name":"cy","amount":null}\n[1]\n',
    );
    assert.equal(code, 2, err);
    const results = out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as unknown);
    assert.deepEqual(results, [
      { name: "ADA", amount: 100, total: 20 },
      { name: "BO", amount: 2505, total: 501, large: true },
      { name: "CY", amount: 0, total: null },
    ]);
    assert.match(err, /A record is a JSON object/);
  });

  test("dead letters go to a file; records that all fail end with 1", async () => {
    const { code, out, err } = await river(["run", "prices.yaml", ...modules, "--dead-letters", "dead.ndjson"], '{"amount":-1}\n{"amount":-2}\n');
    assert.deepEqual([code, out, err], [1, "", "river: 2 of 2 records failed\n"]);
    const lines = (await readFile(join(folder, "dead.ndjson"), "utf8")).trimEnd().split("\n");
    assert.deepEqual(
      lines.map((line) => (JSON.parse(line) as { input: unknown }).input),
      [{ amount: -1 }, { amount: -2 }],
    );
  });

  test("order is kept when later records are ready first; what answers nothing is left out", async () => {
    await writeFile(join(folder, "uneven.json"), JSON.stringify({ type: "sequence", children: [{ ref: "uneven" }, { ref: "skip" }] }));
    const records = [60, 1, 30, 1, 20].map((ms, n) => ({ ms, n, keep: n !== 3 }));
    const { code, out } = await river(["run", "uneven.json", ...modules, "--concurrency", "3"], records.map((record) => JSON.stringify(record)).join("\n"));
    assert.equal(code, 0);
    assert.deepEqual(
      out
        .trimEnd()
        .split("\n")
        .map((line) => (JSON.parse(line) as { n: number }).n),
      [0, 1, 2, 4],
    );
  });

  test("reads no faster than its result is read", async () => {
    const { child, ended } = start(["run", "prices.yaml", ...modules]);
    child.stdout.pause();
    const line = `${JSON.stringify({ amount: 1, text: "x".repeat(1_000) })}\n`.repeat(1_000);
    let taken = 0;
    const feed = async (): Promise<void> => {
      for (let n = 0; n < 50; n += 1) {
        if (!child.stdin.write(line)) await new Promise((resolve) => child.stdin.once("drain", resolve));
        taken += 1;
      }
      child.stdin.end();
    };
    const fed = feed();
    // Whether it has stopped shows when nothing more is taken over some looks.
    for (let before = -1, same = 0; same < 5; before = taken) {
      await delay(100);
      same = taken === before ? same + 1 : 0;
    }
    assert.ok(taken < 20, `${taken} MB were taken while nobody read`);
    child.stdout.resume();
    await fed;
    const { code, out } = await ended;
    assert.deepEqual([code, out.split("\n").length - 1], [0, 50_000]);
  });

  test("Ctrl-C takes no more records; those that were taken go through", async () => {
    await writeFile(join(folder, "slow.yaml"), "ref: uneven\n");
    const { child, kept, ended } = start(["run", "slow.yaml", ...modules, "--concurrency", "4"]);
    child.stdin.write(Array.from({ length: 200 }, (_, n) => `${JSON.stringify({ ms: n < 4 ? 20 : 300, n })}\n`).join(""));
    await until(() => kept.out.includes('"n":3'));
    child.kill("SIGINT");
    const { code, out, err } = await ended;
    const seen = out
      .trimEnd()
      .split("\n")
      .map((line) => (JSON.parse(line) as { n: number }).n);
    assert.equal(code, 130);
    assert.ok(seen.length > 4 && seen.length < 20, String(seen.length));
    assert.deepEqual(
      seen,
      seen.map((_, n) => n),
    );
    assert.match(err, new RegExp(`stopped after ${seen.length} records`));
  });

  test("watch: later records run on the new version; a faulty document changes nothing and is told", async () => {
    const flow = (by: number): string => `{ ref: scale, config: { by: ${by} } }\n`;
    await writeFile(join(folder, "live.yaml"), flow(2));
    const { child, kept, ended } = start(["watch", "live.yaml", ...modules]);
    const send = async (amount: number, expected: number): Promise<void> => {
      child.stdin.write(`${JSON.stringify({ amount })}\n`);
      await until(() => kept.out.includes(`{"amount":${expected}}\n`));
    };
    await send(1, 2);
    await writeFile(join(folder, "live.yaml"), flow(30));
    await until(() => kept.err.includes("live.yaml: version 2 from now on"));
    await send(1, 30);
    await writeFile(join(folder, "live.yaml"), "{ ref: scal, config: { by: 1 } }\n");
    await until(() => /live\.yaml has faults[^]*did you mean scale/.test(kept.err));
    await send(2, 60);
    await writeFile(join(folder, "live.yaml"), flow(400));
    await until(() => kept.err.includes("version 3 from now on"));
    await send(1, 400);
    child.stdin.end();
    assert.equal((await ended).code, 0);
  });

  test("spec and graph", async () => {
    const spec = JSON.parse((await river(["spec", ...modules])).out) as { document: object; processors: { name: string }[] };
    assert.ok(spec.processors.some(({ name }) => name === "scale"));
    assert.ok(JSON.stringify(spec.document).includes('"refuseNegative"'));
    assert.match((await river(["graph", "prices.yaml", ...modules])).out, /^flowchart TD\n {2}n0\(\["sequence"\]\)\n {2}n1\["scale"\]/);
    const tree = JSON.parse((await river(["graph", "prices.yaml", ...modules, "--format", "json"])).out) as { children: { name: string }[] };
    assert.deepEqual(
      tree.children.map(({ name }) => name),
      ["scale", "refuseNegative"],
    );
  });

  test("wrong use is 64, a module that cannot be used 78, an invalid flow 1", async () => {
    for (const argv of [
      ["run"],
      ["run", "none.yaml"],
      ["run", "x.txt"],
      ["run", "prices.yaml", "--concurrency", "0"],
      ["graph", "prices.yaml", "--format", "svg"],
      ["validate", "prices.yaml", "--modules", "none.mjs"],
      ["nope"],
    ]) {
      assert.equal((await river(argv)).code, 64, argv.join(" "));
    }
    await writeFile(join(folder, "idle.mjs"), 'export const register = (registry) => registry.processors.add({ name: "idle" });');
    const idle = await river(["run", "prices.yaml", "--modules", "idle.mjs"]);
    assert.deepEqual([idle.code, /idle has no function run/.test(idle.err)], [78, true]);
    const unknown = await river(["run", "prices.yaml"]);
    assert.deepEqual([unknown.code, /FLOW_INVALID[^]*no processor "scale" is registered/.test(unknown.err)], [1, true]);
  });

  test("help has examples for every command", async () => {
    for (const command of ["validate", "run", "watch", "spec", "graph"]) {
      let out = "";
      const streams = { stdin: process.stdin, stdout: { write: (text: string) => (out += text), on: () => undefined }, stderr: process.stderr } as never;
      assert.equal(await main(["flow", command, "--help"], streams, {}, folder), 0);
      assert.match(out, new RegExp(`Examples:\n  \\$ .*river flow ${command}`), command);
    }
  });
});

async function until(isSo: () => boolean): Promise<void> {
  for (const end = Date.now() + 20_000; !isSo();) {
    assert.ok(Date.now() < end, "it did not come to that in time");
    await delay(10);
  }
}
