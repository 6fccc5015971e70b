import { type RefObject, useLayoutEffect } from "react";

/** Calls `measure` before the element is first painted and whenever its size changes; a `measure` of another identity begins anew. */
export function useMeasure<Measured extends HTMLElement>(ref: RefObject<Measured | null>, measure: (element: Measured) => void): void {
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    const observer = new ResizeObserver(() => measure(element));
    observer.observe(element);
    measure(element);
    return () => observer.disconnect();
  }, [ref, measure]);
}
