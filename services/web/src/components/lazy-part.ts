import { type ComponentType, lazy } from "react";

const firstPauseMs = 500;
const longestPauseMs = 5_000;
const reloadKey = "rivergen.reloaded-at";
const reloadPauseMs = 60_000;

/** A component whose code is loaded when it is first shown. */
export function lazyPart<Props extends object>(load: () => Promise<ComponentType<Props>>) {
  return lazy(async () => ({ default: await whenReachable(load) }));
}

/**
 * What `load` imports. While the platform is away no part can come: the wait goes on until it answers, and the part is
 * asked for again. Where the platform answers and the part still does not come, the page stayed open over an update: it
 * is loaded anew, once a minute at most, so that a part that is really missing shows its failure.
 */
export async function whenReachable<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch {
    for (let pauseMs = firstPauseMs; !(await isReachable()); pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
  try {
    return await load();
  } catch (error) {
    if (Date.now() - Number(sessionStorage.getItem(reloadKey) ?? 0) < reloadPauseMs) throw error;
    sessionStorage.setItem(reloadKey, String(Date.now()));
    window.location.reload();
    return new Promise(() => {});
  }
}

function isReachable(): Promise<boolean> {
  return fetch("/health/live", { cache: "no-store" }).then(
    ({ ok }) => ok,
    () => false,
  );
}
