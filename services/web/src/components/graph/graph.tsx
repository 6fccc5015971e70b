import { Skeleton, VisuallyHidden } from "@mantine/core";
import { Suspense, useCallback, useMemo, useRef, useState } from "react";
import classes from "./graph.module.css";
import { placeIn, scaleOf } from "./layout.ts";
import { describeNode } from "./describe.ts";
import type { GraphProps } from "./types.ts";
import { lazyPart } from "../lazy-part.ts";
import { useMeasure } from "../use-measure.ts";

const Canvas = lazyPart(() => import("./canvas.tsx").then(({ Canvas: component }) => component));

const leastHeight = 150;
const margin = 40;
/** Room for the buttons that zoom, where there is some. */
const controls = 40;
const phone = 520;
/** On a phone a graph goes down the page as the page itself does: made less high, nobody could read it. */
const phoneHeight = 900;

/** Steps and what flows between them: pans, zooms, is reached by keyboard, and reads as a list. */
export function Graph({ label, nodes, edges, mostHeight: wanted = 720, ...rest }: GraphProps) {
  const { ref, width } = useWidth();
  const hasControls = width >= phone;
  const mostHeight = hasControls ? wanted : Math.max(wanted, phoneHeight);
  const room = width - margin - (hasControls ? controls : 0);
  const layout = useMemo(() => placeIn(nodes, edges, room, mostHeight - margin), [nodes, edges, room, mostHeight]);
  const scale = scaleOf(layout, room, Number.POSITIVE_INFINITY);
  const height = Math.round(Math.min(mostHeight, Math.max(leastHeight, layout.height * scale + margin)));
  return (
    <figure className={classes.figure} aria-label={label} ref={ref} style={{ height }}>
      <VisuallyHidden>
        <ol>
          {nodes.map((node) => (
            <li key={node.id}>{describeNode(node, edges, nodes)}</li>
          ))}
        </ol>
      </VisuallyHidden>
      {width > 0 && (
        <Suspense fallback={<Skeleton height={height} radius={0} />}>
          <Canvas
            nodes={nodes}
            edges={edges}
            layout={layout}
            fits={layout.height * scale + margin <= mostHeight}
            width={width}
            height={height}
            room={room}
            {...rest}
          />
        </Suspense>
      )}
    </figure>
  );
}

/** Width of an element, known before it is first painted: its height follows from it. */
function useWidth() {
  const ref = useRef<HTMLElement>(null);
  const [width, setWidth] = useState(0);
  useMeasure(
    ref,
    useCallback((element: HTMLElement) => setWidth(element.clientWidth), []),
  );
  return { ref, width };
}
