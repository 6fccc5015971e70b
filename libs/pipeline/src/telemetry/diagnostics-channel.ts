import { channel } from "node:diagnostics_channel";
import type { AnySignalEvent, Signals } from "../signals.ts";

/**
 * Publishes every signal on the channel `<prefix>.<signal>`, inside the act; subscribers get the whole event.
 * @param prefix default `rivergen.pipeline`
 * @returns what ends the bridge
 */
export function bridgeToDiagnosticsChannel<Catalog>(signals: Signals<Catalog>, prefix = "rivergen.pipeline"): () => void {
  const channels = new Map<keyof Catalog, ReturnType<typeof channel>>();
  return signals.tap((event: AnySignalEvent<Catalog>) => {
    const known = channels.get(event.signal) ?? channel(`${prefix}.${String(event.signal)}`);
    channels.set(event.signal, known);
    if (known.hasSubscribers) known.publish(event);
  });
}
