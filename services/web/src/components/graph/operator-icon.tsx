import { IconArrowsJoin, IconArrowsSort, IconColumns3, IconFilter, IconSum, IconTable } from "@tabler/icons-react";
import type { OperatorKind } from "./types.ts";

const icons = { read: IconTable, filter: IconFilter, join: IconArrowsJoin, aggregate: IconSum, shape: IconColumns3, order: IconArrowsSort } as const;

/** The sign of a kind of operator, in its colour. */
export function OperatorIcon({ kind, size = 16 }: { readonly kind: OperatorKind; readonly size?: number }) {
  const Icon = icons[kind];
  return <Icon size={size} stroke={1.8} color={`var(--rg-op-${kind})`} aria-hidden style={{ flexShrink: 0 }} />;
}
