/**
 * Where a tall table stands in a scroller. Browsers lay out no more than some millions of pixels, so beyond `mostPixels`
 * the scroll bar stands for the table on a smaller scale: small movements move the rows by as much, so that wheel and
 * keys feel as always, and only jumps (the bar is dragged) are taken as a place on the scale.
 */
export interface ScrollPlace {
  /** First pixel of the table that is shown, as if it were laid out whole. */
  readonly top: number;
  /** The scroller's own position. */
  readonly scrollTop: number;
}

export const mostPixels = 6_000_000;

/** Height that is really laid out. */
export const laidOutHeight = (total: number): number => Math.min(total, mostPixels);

const clamp = (value: number, least: number, most: number): number => Math.max(least, Math.min(most, value));

/** Pixels of the table for one pixel of the bar; 1 where the table is laid out whole. */
export function scaleOf(total: number, view: number): number {
  const room = laidOutHeight(total) - view;
  return total <= mostPixels || room <= 0 ? 1 : (total - view) / room;
}

/** What is shown after the scroller moved to `scrollTop`. */
export function scrollTo(place: ScrollPlace, scrollTop: number, total: number, view: number): ScrollPlace {
  const scale = scaleOf(total, view);
  if (scale === 1) return { top: scrollTop, scrollTop };
  const moved = scrollTop - place.scrollTop;
  const end = laidOutHeight(total) - view;
  if (Math.abs(moved) > 2 * view || scrollTop <= 0 || scrollTop >= end) return { top: clamp(scrollTop * scale, 0, total - view), scrollTop };
  return { top: clamp(place.top + moved, 0, total - view), scrollTop };
}

/** Where the scroller has to stand so that the table is shown from `top`. */
export function placeOf(top: number, total: number, view: number): ScrollPlace {
  const inside = clamp(top, 0, Math.max(0, total - view));
  return { top: inside, scrollTop: inside / scaleOf(total, view) };
}
