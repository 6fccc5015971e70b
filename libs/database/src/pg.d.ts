/** The part of `pg` that this package uses; the driver ships no types of its own. */
declare module "pg" {
  import type { EventEmitter } from "node:events";

  export interface QueryConfig {
    text: string;
    values?: unknown[];
  }
  export interface QueryResult {
    command: string;
    rowCount: number | null;
    rows: unknown[];
  }
  export interface ClientConfig {
    connectionString?: string;
    application_name?: string;
    connectionTimeoutMillis?: number;
    keepAlive?: boolean;
    types?: { getTypeParser(oid: number, format?: string): (text: string) => unknown };
  }
  export class Client extends EventEmitter {
    constructor(config: ClientConfig);
    connect(): Promise<void>;
    query(query: string | QueryConfig): Promise<QueryResult>;
    end(): Promise<void>;
    escapeLiteral(text: string): string;
  }
  export interface PoolClient extends Client {
    /** `true` closes the connection instead of keeping it. */
    release(destroy?: boolean): void;
  }
  export interface PoolConfig extends ClientConfig {
    max?: number;
    idleTimeoutMillis?: number;
    allowExitOnIdle?: boolean;
  }
  export class Pool extends EventEmitter {
    constructor(config: PoolConfig);
    connect(): Promise<PoolClient>;
    end(): Promise<void>;
    readonly totalCount: number;
    readonly idleCount: number;
    readonly waitingCount: number;
  }
  export const types: { getTypeParser(oid: number, format?: string): (text: string) => unknown };
  const pg: { Client: typeof Client; Pool: typeof Pool; types: typeof types };
  export default pg;
}
