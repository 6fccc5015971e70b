import { Skeleton, VisuallyHidden } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { lazy, Suspense, useMemo } from "react";
import classes from "./graph.module.css";
import { placeIn } from "./layout.ts";
import { describeNode } from "./describe.ts";
import type { GraphProps } from "./types.ts";

const Canvas = lazy(() => import("./canvas.tsx").then(({ Canvas: component }) => ({ default: component })));

const leastHeight = 180;
const margin = 40;

/** Steps and what flows between them: pans, zooms, is reached by keyboard, and reads as a list. */
export function Graph({ label, nodes, edges, mostHeight = 640, ...rest }: GraphProps) {
  const { ref, width } = useElementSize();
  const layout = useMemo(() => placeIn(nodes, edges, width - margin), [nodes, edges, width]);
  const scale = Math.min(1, (width - margin) / layout.width);
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
          <Canvas nodes={nodes} edges={edges} layout={layout} fits={layout.height * scale + margin <= mostHeight} width={width} height={height} {...rest} />
        </Suspense>
      )}
    </figure>
  );
}
