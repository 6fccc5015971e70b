import "@xyflow/react/dist/base.css";
import { Background, Controls, type Edge, MarkerType, Position, ReactFlow, ReactFlowProvider, useReactFlow } from "@xyflow/react";
import { useEffect, useMemo } from "react";
import { texts } from "../../texts/index.ts";
import classes from "./graph.module.css";
import { type Layout, scaleOf } from "./layout.ts";
import { Attention } from "./attention.ts";
import { describeNode } from "./describe.ts";
import { StepNode, type StepNodeType } from "./step-node.tsx";
import type { GraphProps } from "./types.ts";

interface CanvasProps extends Omit<GraphProps, "label" | "mostHeight"> {
  readonly layout: Layout;
  /** Whether all of it is seen at a readable size. */
  readonly fits: boolean;
  readonly width: number;
  readonly height: number;
  /** Pixels of the width that the graph may take; the buttons stand in the rest. */
  readonly room: number;
}

const nodeTypes = { step: StepNode };
const words = texts.graph;

/** Draws a graph that was laid out. */
export function Canvas(props: CanvasProps) {
  return (
    <ReactFlowProvider>
      <Drawing {...props} />
    </ReactFlowProvider>
  );
}

const none: ReadonlySet<string> = new Set();

function Drawing({ nodes, edges, layout, fits, width, height, room, highlighted = none, selected, onHover, onSelect }: CanvasProps) {
  const attention = useMemo(() => ({ highlighted, selected, onHover, onSelect }), [highlighted, selected, onHover, onSelect]);
  const hasControls = width - room > 40;
  const drawn = useMemo(() => drawNodes(nodes, edges, layout), [nodes, edges, layout]);
  const lines = useMemo(() => drawEdges(nodes, edges), [nodes, edges]);
  return (
    <Attention value={attention}>
      <ReactFlow
        className={classes.flow}
        nodes={drawn}
        edges={lines}
        nodeTypes={nodeTypes}
        nodesDraggable={false}
        nodesConnectable={false}
        edgesFocusable={false}
        deleteKeyCode={null}
        minZoom={0.3}
        maxZoom={1.6}
        zoomOnScroll={false}
        zoomOnDoubleClick={false}
        preventScrolling={false}
        panOnDrag={!fits || hasControls}
        onNodeClick={(_, node) => onSelect?.(node.id)}
        onPaneClick={() => onSelect?.(undefined)}
        onNodeMouseEnter={(_, node) => onHover?.(node.id)}
        onNodeMouseLeave={() => onHover?.(undefined)}
        ariaLabelConfig={words.aria}
      >
        <Background gap={18} size={1} />
        {hasControls && <Controls showInteractive={false} />}
        <KeepInView layout={layout} width={width} height={height} room={room} />
      </ReactFlow>
    </Attention>
  );
}

/** Smaller than this nobody reads it. */
const leastZoom = 0.5;

/** Shows all of it while it can be read at that size, else its beginning. */
function KeepInView({ layout, width, height, room }: Pick<CanvasProps, "layout" | "width" | "height" | "room">) {
  const { setViewport } = useReactFlow();
  useEffect(() => {
    const zoom = Math.max(leastZoom, scaleOf(layout, room, height - 40));
    const x = Math.max(width - room - 20, (width - layout.width * zoom) / 2);
    const y = Math.max(20, (height - layout.height * zoom) / 2);
    void setViewport({ x, y, zoom });
  }, [layout.width, layout.height, width, height, room, setViewport]);
  return null;
}

function drawNodes(nodes: CanvasProps["nodes"], edges: CanvasProps["edges"], { nodes: places, direction, nodeWidth }: Layout): StepNodeType[] {
  const isRight = direction === "right";
  return nodes.map((node, index) => {
    const { x = 0, y = 0, height = 0 } = places[index] ?? {};
    return {
      id: node.id,
      type: "step",
      position: { x, y },
      width: nodeWidth,
      height,
      data: { node },
      sourcePosition: isRight ? Position.Right : Position.Bottom,
      targetPosition: isRight ? Position.Left : Position.Top,
      ariaLabel: describeNode(node, edges, nodes),
    };
  });
}

function drawEdges(nodes: CanvasProps["nodes"], edges: CanvasProps["edges"]): (Edge & { pathOptions: object })[] {
  const running = new Set(nodes.flatMap(({ id, status }) => (status === "running" ? [id] : [])));
  return edges.map(({ from, to }) => ({
    id: `${from} ${to}`,
    source: from,
    target: to,
    type: "smoothstep",
    pathOptions: { offset: 10, borderRadius: 10 },
    animated: running.has(to),
    markerEnd: { type: MarkerType.ArrowClosed, width: 16, height: 16 },
  }));
}
