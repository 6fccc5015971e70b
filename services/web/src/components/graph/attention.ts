import { createContext } from "react";
import type { GraphProps } from "./types.ts";

type Looked = Required<Pick<GraphProps, "selected" | "onHover" | "onSelect">> & {
  readonly highlighted: ReadonlySet<string>;
  readonly faulty: ReadonlySet<string>;
};

/** What is looked at, apart from the nodes, so that a pointer that moves draws only what changes. */
export const Attention = createContext<Looked>({ highlighted: new Set(), faulty: new Set(), selected: undefined, onHover: undefined, onSelect: undefined });
