import { Handle, type Node, type NodeProps, Position } from "@xyflow/react";
import { IconAlertTriangle, IconBan, IconCheck, IconCircleDashed, IconLoader2, IconPlayerSkipForward, IconRecycle } from "@tabler/icons-react";
import { use, useEffect } from "react";
import { texts } from "../../texts/index.ts";
import { Attention } from "./attention.ts";
import classes from "./graph.module.css";
import { mostLines } from "./layout.ts";
import { OperatorIcon } from "./operator-icon.tsx";
import type { GraphLine, GraphNode, NodeStatus } from "./types.ts";

export type StepNodeType = Node<{ node: GraphNode }, "step">;

const words = texts.graph;

/** One node: what it is, what it does, how it goes. */
export function StepNode({ data: { node }, selected: isFocused, sourcePosition, targetPosition }: NodeProps<StepNodeType>) {
  const { highlighted, selected, onSelect } = use(Attention);
  const lines = node.lines ?? [];
  const isLit = highlighted.has(node.id) || lines.some(({ id }) => highlighted.has(id));
  const isBack = highlighted.size > 0 && !isLit;
  // Enter on a focused node is how the library says it was chosen.
  useEffect(() => {
    if (isFocused) onSelect?.(node.id);
  }, [isFocused, node.id, onSelect]);
  return (
    <div
      className={classes.node}
      data-kind={node.kind}
      data-status={node.status}
      data-lit={isLit || undefined}
      data-back={isBack || undefined}
      data-selected={selected === node.id || undefined}
    >
      <Handle type="target" position={targetPosition ?? Position.Left} isConnectable={false} className={classes.handle} />
      <div className={classes.head}>
        <OperatorIcon kind={node.kind} />
        <span className={classes.title} title={node.title}>
          {node.title}
        </span>
        {node.sub !== undefined && <span className={classes.sub}>{node.sub}</span>}
      </div>
      {lines.length > 0 && (
        <ul className={classes.lines}>
          {lines.slice(0, mostLines).map((line) => (
            <Line key={line.id} line={line} />
          ))}
          {lines.length > mostLines && <li className={classes.rest}>{words.more(lines.length - mostLines)}</li>}
        </ul>
      )}
      <Foot node={node} />
      <Handle type="source" position={sourcePosition ?? Position.Right} isConnectable={false} className={classes.handle} />
    </div>
  );
}

function Line({ line: { id, kind, word, text } }: { readonly line: GraphLine }) {
  const { highlighted, faulty, onHover } = use(Attention);
  return (
    <li
      className={classes.line}
      data-kind={kind}
      data-faulty={faulty.has(id) || undefined}
      data-lit={highlighted.has(id) || undefined}
      title={`${word} ${text}`}
      onMouseEnter={() => onHover?.(id)}
      onMouseLeave={() => onHover?.(undefined)}
    >
      <span className={classes.word}>{word}</span> {text}
    </li>
  );
}

const statusIcons = {
  pending: IconCircleDashed,
  running: IconLoader2,
  succeeded: IconCheck,
  failed: IconAlertTriangle,
  skipped: IconPlayerSkipForward,
  cancelled: IconBan,
  reused: IconRecycle,
} satisfies Record<NodeStatus, unknown>;

function Foot({ node: { status, rows, progress } }: { readonly node: GraphNode }) {
  if (status === undefined && rows === undefined && progress === undefined) return null;
  const Icon = status && statusIcons[status];
  return (
    <div className={classes.foot}>
      {Icon && (
        <span className={classes.status}>
          <Icon size={14} aria-hidden /> {words.status[status]}
        </span>
      )}
      {rows !== undefined && (
        <span className={classes.rows} title={rows}>
          {rows}
        </span>
      )}
      {progress !== undefined && (
        <span className={classes.track} data-unknown={progress === null || undefined}>
          <span key={progress === null ? "unknown" : "known"} className={classes.bar} style={progress === null ? undefined : { width: `${progress * 100}%` }} />
        </span>
      )}
    </div>
  );
}
