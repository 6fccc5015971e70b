/** What the engine measured of one statement. */
export interface StageMetrics {
  /** Rows that came out of scans of files. */
  readonly rowsScanned: number | null;
  /** Processor time of all operators together. */
  readonly cpuMs: number | null;
  readonly latencyMs: number | null;
  /** Most bytes the engine's buffers held. */
  readonly peakMemoryBytes: number | null;
  /** Most bytes spilled to disk. */
  readonly tempBytes: number | null;
  readonly operators: readonly OperatorMetrics[];
}

/** One operator of the physical plan, in the order of a walk from the root. */
export interface OperatorMetrics {
  /** The engine's name: `HASH_JOIN`, `FILTER`, `TABLE_SCAN` … */
  readonly name: string;
  /** Distance from the root. */
  readonly depth: number;
  readonly rows: number;
  readonly timeMs: number;
  /** What the engine says about it: the condition, the columns, the table. */
  readonly info: Readonly<Record<string, unknown>>;
}

interface ProfileNode {
  readonly operator_name?: string;
  readonly operator_type?: string;
  readonly operator_cardinality?: number;
  readonly operator_rows_scanned?: number;
  readonly operator_timing?: number;
  readonly extra_info?: Readonly<Record<string, unknown>>;
  readonly children?: readonly ProfileNode[];
}

interface ProfileRoot extends ProfileNode {
  readonly cpu_time?: number;
  readonly latency?: number;
  readonly system_peak_buffer_memory?: number;
  readonly system_peak_temp_dir_size?: number;
}

/**
 * Reads the profile that the engine wrote as JSON. A profile that cannot be read gives nulls, not a failure.
 * @param fileRows path → rows of each Parquet file: every thread of the engine counts a whole file as scanned
 */
export function readProfile(text: string, fileRows: ReadonlyMap<string, number>): StageMetrics {
  const root = parse(text);
  return {
    rowsScanned: root.children === undefined ? null : countScanned(root, fileRows),
    cpuMs: toMs(root.cpu_time),
    latencyMs: toMs(root.latency),
    peakMemoryBytes: root.system_peak_buffer_memory ?? null,
    tempBytes: root.system_peak_temp_dir_size ?? null,
    operators: (root.children ?? []).flatMap((node) => listOperators(node, 0)),
  };
}

/** Rows that all scans read: never more than the file has, at least what they gave on. */
function countScanned(node: ProfileNode, fileRows: ReadonlyMap<string, number>): number {
  const children = node.children ?? [];
  if (children.length > 0) return children.reduce((sum, child) => sum + countScanned(child, fileRows), 0);
  const path = node.extra_info?.["Filename(s)"];
  const given = node.operator_cardinality ?? 0;
  const most = typeof path === "string" ? (fileRows.get(path) ?? 0) : 0;
  return Math.max(given, Math.min(node.operator_rows_scanned ?? 0, most));
}

function parse(text: string): ProfileRoot {
  try {
    return JSON.parse(text) as ProfileRoot;
  } catch {
    return {};
  }
}

function listOperators(node: ProfileNode, depth: number): readonly OperatorMetrics[] {
  const own = {
    name: (node.operator_name ?? node.operator_type ?? "").trim(),
    depth,
    rows: node.operator_cardinality ?? 0,
    timeMs: toMs(node.operator_timing) ?? 0,
    info: withoutPaths(node.extra_info ?? {}),
  };
  return [own, ...(node.children ?? []).flatMap((child) => listOperators(child, depth + 1))];
}

function withoutPaths({ "Filename(s)": _, ...info }: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return info;
}

function toMs(seconds: number | undefined): number | null {
  return seconds === undefined ? null : seconds * 1_000;
}
