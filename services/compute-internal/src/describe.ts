import { AppError, type Client, type RiverDocument, type ReadableDataset, type ServiceRoutes } from "@rivergen/contracts";
import type { SandboxPool } from "@rivergen/sandbox";
import { describeSqlSteps, type SqlSteps } from "@rivergen/river";

type Statement = Parameters<Client<ServiceRoutes["compute-internal"]>["describeSql"]>[0]["body"]["statements"][number];

const timeoutMs = 10_000;

/** Says what `sql` steps give without running them; every statement in a sandboxed process of its own. */
export function createDescriber(pool: () => Promise<SandboxPool>) {
  async function describeOne({ pointer, sql, tables }: Statement) {
    const job = { sql, tables: Object.fromEntries(Object.entries(tables).map(([name, columns]) => [name, { columns }])) };
    try {
      await using run = await (await pool()).run("describe", job, { timeoutMs, purpose: "query" });
      const { columns } = run.result;
      const known = columns.every(({ origins }) => origins !== null);
      return {
        pointer,
        columns: columns.map(({ name, type }) => ({ name, type })),
        lineage: known
          ? Object.fromEntries(columns.map(({ name, origins }) => [name, (origins ?? []).map(({ table, column }) => `${table}.${column}`)]))
          : null,
        fault: null,
      };
    } catch (error) {
      if (!(error instanceof AppError) || error.status >= 500) throw error;
      return { pointer, columns: null, lineage: null, fault: { code: error.code, message: error.details.detail ?? error.message } };
    }
  }

  async function describe(statements: readonly Statement[]) {
    const answers = [];
    for (const statement of statements) answers.push(await describeOne(statement));
    return answers;
  }

  /** Columns of every `sql` step of a document over pinned inputs. @throws RIVER_INVALID */
  async function describeRiver(document: RiverDocument, inputs: Readonly<Record<string, ReadableDataset>>): Promise<SqlSteps | undefined> {
    const { sqlSteps, errors } = await describeSqlSteps(document, Object.values(inputs), describe);
    if (errors.length > 0) throw new AppError("RIVER_INVALID", { errors });
    return sqlSteps;
  }

  return { describe, describeRiver };
}
