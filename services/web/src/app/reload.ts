const key = "rivergen.reloaded-at";
const pauseMs = 60_000;

/**
 * A page that stayed open over an update asks for parts that are no longer there: it is loaded again, once a minute at
 * most, so that a part that is really missing shows its failure. While the platform is away there is nothing to load:
 * the page stays, says so, and tries again by itself.
 */
export function reloadWhenOutdated(): void {
  window.addEventListener("vite:preloadError", () => {
    if (Date.now() - Number(sessionStorage.getItem(key) ?? 0) < pauseMs) return;
    fetch("/", { method: "HEAD", cache: "no-store" }).then(
      ({ ok }) => {
        if (!ok) return;
        sessionStorage.setItem(key, String(Date.now()));
        window.location.reload();
      },
      () => {},
    );
  });
}
