import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { eventually, signUp, startPlatform, type TestPlatform } from "@rivergen/testkit";

interface Received {
  readonly service: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly name: string;
  readonly kind: number;
  readonly attributes: Readonly<Record<string, string | number>>;
}
interface Exported {
  resourceSpans: {
    resource: { attributes: Attribute[] };
    scopeSpans: { spans: { traceId: string; spanId: string; parentSpanId?: string; name: string; kind: number; attributes: Attribute[] }[] }[];
  }[];
}
type Attribute = { key: string; value: { stringValue?: string; intValue?: string | number } };

const valueOf = (attributes: readonly Attribute[]): Record<string, string | number> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? Number(value.intValue)]));

const spans: Received[] = [];
let collector: Server;
let platform: TestPlatform;

/** Takes spans as a collector does, over OTLP/HTTP. */
before(async () => {
  collector = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      assert.equal(request.url, "/v1/traces");
      const { resourceSpans } = JSON.parse(Buffer.concat(chunks).toString("utf8")) as Exported;
      for (const { resource, scopeSpans } of resourceSpans) {
        const service = String(valueOf(resource.attributes)["service.name"]);
        for (const { attributes, parentSpanId = "", ...span } of scopeSpans.flatMap((scope) => scope.spans))
          spans.push({ ...span, parentSpanId, service, attributes: valueOf(attributes) });
      }
      response.setHeader("content-type", "application/json").end("{}");
    });
  });
  await new Promise<void>((resolve) => collector.listen(0, "127.0.0.1", resolve));
  platform = await startPlatform({
    hosting: "apart",
    environment: {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_BSP_SCHEDULE_DELAY: "100",
      LOG_LEVEL: "info",
    },
  });
});
after(async () => {
  await platform.stop();
  await new Promise((done) => collector.close(done));
});

const kinds: Readonly<Record<number, string>> = { 1: "works", 2: "answers", 3: "asks" };

const traceOf = (digit: string): { traceId: string; traceparent: string } => ({
  traceId: digit.repeat(32),
  traceparent: `00-${digit.repeat(32)}-${"b".repeat(16)}-01`,
});
const seen = (traceId: string): Received[] => spans.filter((span) => span.traceId === traceId);

test("one trace from the gateway over services, events and a run, as the logs name it", async () => {
  const ann = await signUp(platform.url);
  const upload = traceOf("a");
  const put = await ann.send("PUT", "/v1/files/numbers.csv", "n\n1\n2\n3\n", {
    "content-type": "text/csv",
    prefer: "wait=60",
    traceparent: upload.traceparent,
  });
  assert.equal(put.json.dataset.status, "ready", put.text);
  const consumed = await eventually(async () => seen(upload.traceId).find(({ kind, service }) => kind === 5 && service === "backend-core"));
  const root = await eventually(() =>
    seen(upload.traceId).find(({ name, service, kind }) => name === "PUT /v1/files/:file*" && service === "gateway" && kind === 2),
  );
  assert.deepEqual([root.parentSpanId, root.kind, root.attributes["http.response.status_code"]], ["b".repeat(16), 2, 201]);
  const all = seen(upload.traceId);
  // Down to who said it, and from there to who heard it.
  const sent = all.find((span) => span.spanId === consumed.parentSpanId);
  assert.deepEqual(
    [sent?.service, sent?.kind, sent?.attributes["messaging.destination.name"]],
    ["storage", 4, consumed.attributes["messaging.destination.name"]],
  );
  const parents = new Map(all.map((span) => [span.spanId, span]));
  const way: string[] = [];
  for (let span = parents.get(sent?.parentSpanId ?? ""); span; span = parents.get(span.parentSpanId)) way.push(`${span.service} ${kinds[span.kind]}`);
  assert.deepEqual(way.toReversed(), [
    "gateway answers",
    "gateway asks",
    "storage-orchestration answers",
    "storage-orchestration works",
    "storage-orchestration asks",
    "storage answers",
    "storage works",
  ]);
  assert.match(platform.log(), new RegExp(`"traceId":"${upload.traceId}"`));

  const asked = traceOf("c");
  const document = {
    apiVersion: "rivergen.dev/v1",
    river: "kept",
    sources: { numbers: { dataset: "numbers" } },
    steps: { big: { from: "numbers", filter: "n > 1" } },
    outputs: { kept: { from: "big" } },
  };
  await ann.send("POST", "/v1/rivers", document);
  const run = await ann.send("POST", "/v1/rivers/kept/runs", {}, { prefer: "wait=30", traceparent: asked.traceparent });
  assert.equal(run.json.status, "succeeded", run.text);
  const over = await eventually(async () => seen(asked.traceId).find(({ name }) => name === "run"));
  assert.deepEqual([over.service, over.attributes["rivergen.run.id"], over.attributes["rivergen.run.status"]], ["backend-core", run.json.id, "succeeded"]);
  const lines = platform.log().split("\n");
  assert.ok(lines.some((line) => line.includes('"name":"compute-internal"') && line.includes("run succeeded") && line.includes(asked.traceId)));
  assert.equal(seen(asked.traceId).find(({ name }) => name === "run stage")?.attributes["rivergen.rows"], 2);
});

test("a caller who records nothing is not recorded, and what nobody asked for is not either", async () => {
  const ann = await signUp(platform.url);
  const quiet = "d".repeat(32);
  await ann.send("GET", "/v1/datasets", undefined, { traceparent: `00-${quiet}-${"b".repeat(16)}-00` });
  const last = traceOf("e");
  await ann.send("GET", "/v1/datasets", undefined, { traceparent: last.traceparent });
  await eventually(async () => seen(last.traceId).some(({ service }) => service === "backend-core"));
  assert.deepEqual(seen(quiet), []);
  assert.deepEqual(
    spans.filter(({ name }) => name.includes("/internal/runs/claim")),
    [],
    "workers ask for runs all the time",
  );
});

test("what is left is sent before a process ends", async () => {
  const ann = await signUp(platform.url);
  const last = traceOf("f");
  await platform.kill("gateway");
  await platform.restart("gateway", { OTEL_BSP_SCHEDULE_DELAY: "600000" });
  await ann.send("GET", "/v1/rivers", undefined, { traceparent: last.traceparent });
  const gateway = platform.processes.get("gateway");
  gateway?.child.kill("SIGTERM");
  assert.equal(await gateway?.ended, "0");
  await eventually(async () => seen(last.traceId).some(({ service }) => service === "gateway"));
});
