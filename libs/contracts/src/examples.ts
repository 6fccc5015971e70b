/** An exchange that shows what an operation is for; a test holds each to its contract. */
export interface OperationExample {
  readonly body?: unknown;
  readonly answer?: unknown;
}

const file = {
  id: "fil_01m828v2yjc924t2766tv86cq2",
  path: "sales/orders.csv",
  sizeBytes: 120_431,
  contentType: "text/csv",
  sha256: "b9485148546419a0f6a85e8d708c923557c15d7f3c7d078ef1fa7f7c0f57d5a5",
  createdAt: "2026-02-01T09:30:00Z",
};

/** Examples by operation. */
export const operationExamples: Readonly<Record<string, OperationExample>> = {
  signUp: { body: { email: "ann@example.test", password: "three rivers meet 42", name: "Ann" } },
  signIn: { body: { email: "ann@example.test", password: "three rivers meet 42" } },
  createApiKey: { body: { name: "nightly upload", scopes: ["files:write", "datasets:read"] } },
  createWorkspace: { body: { name: "Finance" } },
  getFile: { answer: file },
  listFiles: { answer: { items: [file], nextCursor: null } },
  describeDataset: { body: { description: "One row for each order", columns: [{ name: "amount", description: "Net, in euro" }] } },
  query: {
    body: { sql: "select country, sum(amount) as revenue from orders group by country", maxRows: 100 },
    answer: {
      columns: [
        { name: "country", type: "string" },
        { name: "revenue", type: "decimal(18,2)" },
      ],
      rows: [{ country: "FR", revenue: "1250.00" }],
      truncated: false,
      usage: [{ meter: "compute", quantity: 0.12, unit: "second" }],
    },
  },
  ask: { body: { text: "revenue by country last month, best 5" } },
  answerPrompt: { body: { answers: [{ id: "column.state", value: "origin" }] } },
  startRun: { body: { parameters: { since: "2026-01-01" } } },
  listEvents: {
    answer: {
      items: [
        {
          seq: 7,
          id: "evt_01m828v4a744bd6m93pdrcqyjh",
          type: "dataset.ready",
          source: "/workspaces/wsp_01m828v2y0000000000000000",
          subject: "dst_01m828v34a7evg3wm65rdd6msg",
          time: "2026-02-01T09:30:02Z",
          data: { name: "orders", version: 1, status: "ready" },
        },
      ],
      lastSeq: 7,
    },
  },
};
