import { AppError } from "@rivergen/contracts";
import { abortFailure, andThen, defineProcessor, isThenable, ownFailure, sequence, within } from "@rivergen/pipeline";
import type { Context, MaybePromise, Processor } from "@rivergen/pipeline";
import type { ChannelEntry } from "../registry/entries.ts";

export interface StreamOptions {
  readonly name: string;
  readonly channel: ChannelEntry;
  /** How long to wait for room, ms. Default: until the run ends. */
  readonly timeoutMs: number | undefined;
  readonly children: readonly Processor<unknown, unknown>[];
}

/** Sends the item itself to a channel, then goes on with its children. @throws STREAM_TIMEOUT */
export function streamTo({ name, channel, timeoutMs, children }: StreamOptions): Processor<unknown, unknown> {
  const rest = children.length > 0 ? sequence(name, children) : undefined;

  function fail(error: unknown, context: Context, isLate: boolean): never {
    if (isLate)
      throw ownFailure(name, new AppError("STREAM_TIMEOUT", { detail: `There was no room in the channel ${channel.name} within ${timeoutMs} ms` }), context);
    throw context.signal?.aborted ? abortFailure(name, context) : ownFailure(name, error, context);
  }

  function send(item: unknown, context: Context): MaybePromise<void> {
    let isLate = false;
    const expired = () => (isLate = true);
    try {
      const sent =
        timeoutMs === undefined
          ? channel.send(item, context.signal)
          : within((signal) => channel.send(item, signal), timeoutMs, { signal: context.signal, clock: context.clock, expired });
      return isThenable(sent) ? sent.then(undefined, (error: unknown) => fail(error, context, isLate)) : sent;
    } catch (error) {
      return fail(error, context, isLate);
    }
  }

  return defineProcessor({
    name,
    kind: "stream",
    isLeaf: false,
    children: () => children,
    run(item: unknown, context) {
      if (context.signal?.aborted) throw abortFailure(name, context);
      return andThen(send(item, context), () => (rest ? rest.run(item, context) : item));
    },
  });
}
