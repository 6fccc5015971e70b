import "@xyflow/react/dist/base.css";
import { Background, Controls, type Edge, MarkerType, Position, ReactFlow, useReactFlow, type Viewport } from "@xyflow/react";
import { useEffect, useMemo } from "react";
import { texts } from "../../texts/index.ts";
import classes from "./graph.module.css";
import { type Layout, leastZoom, scaleOf } from "./layout.ts";
import { Attention } from "./attention.ts";
import { describeNode } from "./describe.ts";
import { StepNode, type StepNodeType } from "./step-node.tsx";
import type { GraphProps } from "./types.ts";

interface CanvasProps extends Omit<GraphProps, "label" | "mostHeight"> {
  readonly layout: Layout;
  readonly width: number;
  readonly height: number;
  /** Pixels of the width that the graph may take; the buttons stand in the rest. */
  readonly room: number;
  /** Whether it zooms and moves in its place; else all of it is drawn, and the page moves it. */
  readonly hasControls: boolean;
}

const nodeTypes = { step: StepNode };
const words = texts.graph;

const none: ReadonlySet<string> = new Set();

/** Draws a graph that was laid out: from its first frame on all of it stands where it belongs. */
export function Canvas({
  nodes,
  edges,
  layout,
  width,
  height,
  room,
  hasControls,
  highlighted = none,
  faulty = none,
  selected,
  onHover,
  onSelect,
}: CanvasProps) {
  const attention = useMemo(() => ({ highlighted, faulty, selected, onHover, onSelect }), [highlighted, faulty, selected, onHover, onSelect]);
  const drawn = useMemo(() => drawNodes(nodes, edges, layout), [nodes, edges, layout]);
  const lines = useMemo(() => drawEdges(nodes, edges), [nodes, edges]);
  return (
    <Attention value={attention}>
      <ReactFlow
        className={classes.flow}
        nodes={drawn}
        edges={lines}
        width={width}
        height={height}
        defaultViewport={viewOf(layout, width, height, room)}
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
        panOnDrag={hasControls}
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

/** Shows all of it while it can be read at that size, else its beginning. */
function viewOf(layout: Pick<Layout, "width" | "height">, width: number, height: number, room: number): Viewport {
  const zoom = Math.max(leastZoom, scaleOf(layout, room, height - 40));
  return { x: Math.max(width - room - 20, (width - layout.width * zoom) / 2), y: Math.max(20, (height - layout.height * zoom) / 2), zoom };
}

/** Shows it anew when its size or that of its place changes. */
function KeepInView({ layout, width, height, room }: Pick<CanvasProps, "layout" | "width" | "height" | "room">) {
  const { setViewport } = useReactFlow();
  useEffect(() => {
    void setViewport(viewOf({ width: layout.width, height: layout.height }, width, height, room));
  }, [layout.width, layout.height, width, height, room, setViewport]);
  return null;
}

function drawNodes(nodes: CanvasProps["nodes"], edges: CanvasProps["edges"], { nodes: places, direction, nodeWidth }: Layout): StepNodeType[] {
  const isRight = direction === "right";
  return nodes.map((node, index) => {
    const { x = 0, y = 0, height = 0 } = places[index] ?? {};
    const sourcePosition = isRight ? Position.Right : Position.Bottom;
    const targetPosition = isRight ? Position.Left : Position.Top;
    return {
      id: node.id,
      type: "step",
      position: { x, y },
      width: nodeWidth,
      height,
      data: { node },
      sourcePosition,
      targetPosition,
      // Told, not measured: the lines are there from the first frame on.
      handles: [
        { type: "source", position: sourcePosition, x: isRight ? nodeWidth : nodeWidth / 2, y: isRight ? height / 2 : height },
        { type: "target", position: targetPosition, x: isRight ? 0 : nodeWidth / 2, y: isRight ? height / 2 : 0 },
      ],
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
