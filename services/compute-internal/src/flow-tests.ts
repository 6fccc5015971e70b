import type { Caller, Client, FlowTest, ServiceRoutes } from "@rivergen/contracts";
import type { SandboxPool } from "@rivergen/sandbox";

interface FlowTestDependencies {
  readonly core: (caller: Caller) => Client<ServiceRoutes["backend-core"]>;
  readonly pool: () => Promise<SandboxPool>;
  readonly timeoutMs: number;
}
type Records = readonly Readonly<Record<string, unknown>>[];

/** Flows tried on sample records, each in a sandboxed process of its own. */
export function createFlowTests({ core, pool, timeoutMs }: FlowTestDependencies) {
  /** @throws FLOW_INVALID, FLOW_TEST_TIMEOUT, FLOW_TEST_MEMORY_EXCEEDED */
  async function testDocument(document: string | object, records: Records, signal: AbortSignal): Promise<FlowTest> {
    await using run = await (await pool()).run("flowTest", { document, records }, { timeoutMs, purpose: "flow-test", signal });
    return run.result as FlowTest;
  }

  /** @throws FLOW_NOT_FOUND, FLOW_VERSION_NOT_FOUND, and as above */
  async function testFlow(caller: Caller, flow: string, version: number | undefined, records: Records, signal: AbortSignal): Promise<FlowTest> {
    const { document } = await core(caller).getFlow({ params: { flow }, query: version === undefined ? {} : { version } }, { signal });
    return testDocument(document, records, signal);
  }

  return { testDocument, testFlow };
}
