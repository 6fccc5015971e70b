import { type RefObject, useCallback, useLayoutEffect, useRef, useState } from "react";
import { useMeasure } from "../use-measure.ts";
import { placeOf, type ScrollPlace, scrollTo } from "./scroll-map.ts";

/** What of the grid can be seen, in pixels of the table as if it were laid out whole. */
export interface View {
  readonly top: number;
  /** How far the laid-out rows lie above their place in the table. */
  readonly shift: number;
  readonly left: number;
  readonly width: number;
  readonly height: number;
}

const unseen: View = { top: 0, shift: 0, left: 0, width: 0, height: 0 };
/** Views are told apart in steps: nothing is drawn anew for every pixel. */
const stepPixels = 96;
const restMs = 160;

const isSame = (a: View, b: View): boolean =>
  Math.floor(a.top / stepPixels) === Math.floor(b.top / stepPixels) &&
  Math.floor(a.left / stepPixels) === Math.floor(b.left / stepPixels) &&
  a.shift === b.shift &&
  a.width === b.width &&
  a.height === b.height;

/** Follows a scroller that shows a table of `total` pixels below a head of `headHeight`. */
export function useViewport(scroller: RefObject<HTMLDivElement | null>, total: number, headHeight: number) {
  const [view, setView] = useState(unseen);
  const place = useRef<ScrollPlace>({ top: 0, scrollTop: 0 });
  const measure = useCallback(() => {
    const element = scroller.current;
    if (!element) return;
    const height = Math.max(0, element.clientHeight - headHeight);
    place.current = scrollTo(place.current, element.scrollTop, total, height);
    const { top, scrollTop } = place.current;
    const next = { top, shift: top - scrollTop, left: element.scrollLeft, width: element.clientWidth, height };
    setView((before) => (isSame(before, next) ? before : next));
  }, [scroller, total, headHeight]);

  const goTo = useCallback(
    (top: number) => {
      const element = scroller.current;
      if (!element) return;
      place.current = placeOf(top, total, Math.max(0, element.clientHeight - headHeight));
      element.scrollTop = place.current.scrollTop;
      // What the browser made of it: whole device pixels.
      place.current = { top: place.current.top, scrollTop: element.scrollTop };
      measure();
    },
    [scroller, total, headHeight, measure],
  );

  useMeasure(scroller, measure);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    let rest: ReturnType<typeof setTimeout> | undefined;
    const onScroll = (): void => {
      measure();
      clearTimeout(rest);
      // At rest the bar goes to where it belongs, so that small movements never run out of bar.
      rest = setTimeout(() => place.current.top !== element.scrollTop && goTo(place.current.top), restMs);
    };
    element.addEventListener("scroll", onScroll, { passive: true });
    return () => {
      clearTimeout(rest);
      element.removeEventListener("scroll", onScroll);
    };
  }, [scroller, measure, goTo]);

  const topNow = useCallback(() => place.current.top, []);
  return { view, goTo, topNow };
}
