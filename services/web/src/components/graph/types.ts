/** What a node or a line of it does to rows; each kind has one colour (`--rg-op-*`) over the whole client. */
export type OperatorKind = "read" | "filter" | "join" | "aggregate" | "shape" | "order";

export type NodeStatus = "pending" | "running" | "succeeded" | "failed" | "skipped" | "cancelled" | "reused";

/** One line inside a node: an operator, or a column. */
export interface GraphLine {
  /** Unique over the graph; callbacks and `highlighted` name it. */
  readonly id: string;
  readonly kind: OperatorKind;
  /** The operator's own word: `filter`. */
  readonly word: string;
  readonly text: string;
}

export interface GraphNode {
  /** Unique over the graph. */
  readonly id: string;
  readonly kind: OperatorKind;
  readonly title: string;
  /** What kind of thing it is: `table`, `step`, `output`. */
  readonly sub?: string | undefined;
  readonly lines?: readonly GraphLine[];
  readonly status?: NodeStatus | undefined;
  /** Rows and other facts, ready to be read: `≈ 500,000 rows`. */
  readonly rows?: string | undefined;
  /** 0–1; null for unknown; absent where nothing is going on. */
  readonly progress?: number | null | undefined;
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
}

export interface GraphProps {
  /** Name of the picture, for people who cannot see it. */
  readonly label: string;
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  /** Ids of nodes and lines to bring out; the others step back while there are any. */
  readonly highlighted?: ReadonlySet<string> | undefined;
  /** Ids of lines that failed: marked, while everything else stays as it is. */
  readonly faulty?: ReadonlySet<string> | undefined;
  readonly selected?: string | undefined;
  /** Id of the node or line under the pointer or the focus; undefined when it leaves. */
  readonly onHover?: ((id: string | undefined) => void) | undefined;
  readonly onSelect?: ((id: string | undefined) => void) | undefined;
  /** Pixels; default 720. It is as high as the graph needs, at most this; on a phone, where it goes down the page, higher. */
  readonly mostHeight?: number;
}
