import { Skeleton, VisuallyHidden } from "@mantine/core";
import { Suspense, useCallback, useMemo, useRef, useState } from "react";
import classes from "./graph.module.css";
import { leastZoom, phoneZoom, placeIn, scaleOf } from "./layout.ts";
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
/** On a phone a graph goes down the page as the page itself does, and is pushed aside where it is wide. */
const phoneHeight = 900;

/** Steps and what flows between them: pans, zooms, is reached by keyboard, and reads as a list. */
export function Graph({ label, nodes, edges, mostHeight = 720, ...rest }: GraphProps) {
  const { ref, width } = useWidth();
  const size = useMemo(() => fit(nodes, edges, width, mostHeight), [nodes, edges, width, mostHeight]);
  return (
    <figure className={classes.figure} aria-label={label} ref={ref} style={{ height: size.shownHeight }} data-pushed={size.isPushed || undefined}>
      <VisuallyHidden>
        <ol>
          {nodes.map((node) => (
            <li key={node.id}>{describeNode(node, edges, nodes)}</li>
          ))}
        </ol>
      </VisuallyHidden>
      {width > 0 && (
        <Suspense fallback={<Skeleton height={size.shownHeight} radius={0} />}>
          <Canvas nodes={nodes} edges={edges} {...size} {...rest} />
        </Suspense>
      )}
    </figure>
  );
}

/** Where the graph stands in a place of so many pixels, how large it is drawn, and how much of that is shown at once. */
function fit(nodes: GraphProps["nodes"], edges: GraphProps["edges"], width: number, mostHeight: number) {
  const isPhone = width < phone;
  const room = width - margin - (isPhone ? 0 : controls);
  const layout = placeIn(nodes, edges, room, mostHeight - margin);
  const zoom = Math.max(isPhone ? phoneZoom : leastZoom, scaleOf(layout, room, Number.POSITIVE_INFINITY));
  const needed = Math.round(Math.max(leastHeight, layout.height * zoom + margin));
  if (!isPhone) {
    const height = Math.min(mostHeight, needed);
    return { layout, width, height, room, hasControls: true, shownHeight: height, isPushed: false };
  }
  const wide = Math.max(width, Math.ceil(layout.width * zoom) + margin);
  const shownHeight = Math.min(Math.max(mostHeight, phoneHeight), needed);
  return { layout, width: wide, height: needed, room: wide - margin, hasControls: false, shownHeight, isPushed: wide > width || needed > shownHeight };
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
