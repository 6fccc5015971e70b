import { linkAbort, onAbort } from "../abort.ts";
import type { AbortLink } from "../abort.ts";
import { callChild, guarded } from "../call.ts";
import { copyOf } from "../copy.ts";
import type { Copy } from "../copy.ts";
import { alongEmit, emit } from "../emit.ts";
import { abortFailure, PipelineError } from "../pipeline-error.ts";
import { andThen, defineProcessor, deriveContext, isThenable } from "../processor.ts";
import type { Context, MaybePromise, Processor } from "../processor.ts";

export interface DedupeOptions<In> {
  /** Runs with the same key are one. */
  readonly key: (input: In, context: Context) => MaybePromise<string>;
  /** How long a result is given to later runs, from its end, ms. Default 0: only runs at the same time are one. Errors are not kept. */
  readonly keepMs?: number;
  /** Results kept; beyond it the oldest go. Default 10,000. */
  readonly maxKeys?: number;
  /** What each run but the first gets of a result. Default `copyOf`. */
  readonly copy?: Copy;
}

interface Work<Out> {
  readonly promise: Promise<Out>;
  readonly link: AbortLink;
  /** Runs that wait for it. */
  waiting: number;
}

/**
 * One call of the child for all runs with the same key. A run that is aborted leaves; when all have left, the child is aborted.
 * Every run gets a result or an error of its own.
 */
export function withDedupe<In, Out>(
  name: string,
  child: Processor<In, Out>,
  { key, keepMs = 0, maxKeys = 10_000, copy = copyOf }: DedupeOptions<In>,
): Processor<In, Out> {
  const underWay = new Map<string, Work<Out>>();
  const memory = createMemory<Out>(keepMs, maxKeys, copy);
  const keyOf = guarded(name, key);

  function begin(id: string, input: In, context: Context): MaybePromise<Out> {
    const link = linkAbort(undefined);
    const value = callChild(name, child, input, deriveContext(context, link.signal));
    if (!isThenable(value)) {
      memory.keep(id, value, context);
      return value;
    }
    const promise = Promise.resolve(value)
      .finally(() => underWay.get(id) === work && underWay.delete(id))
      .then((result) => (memory.keep(id, result, context), result));
    const work: Work<Out> = { promise, link, waiting: 0 };
    underWay.set(id, work);
    return join(id, work, context, (result) => result);
  }

  function join(id: string, work: Work<Out>, context: Context, take: (value: Out) => Out): Promise<Out> {
    work.waiting += 1;
    return new Promise((resolve, reject) => {
      const forget = onAbort(context.signal, () => {
        reject(abortFailure(name, context));
        work.waiting -= 1;
        if (work.waiting > 0) return;
        if (underWay.get(id) === work) underWay.delete(id);
        work.link.abort(context.signal?.reason);
      });
      // Copied in the same turn for all, before any of them can write to the result.
      work.promise
        .then(
          (value) => resolve(take(value)),
          (error: unknown) => reject(ownCopy(error)),
        )
        .finally(forget);
    });
  }

  function run(input: In, context: Context): MaybePromise<Out> {
    if (context.signal?.aborted) throw abortFailure(name, context);
    return andThen(keyOf(input, context), (id) => {
      const work = underWay.get(id);
      const known = work ? undefined : memory.find(id, context);
      if (!work && !known) return begin(id, input, context);
      const joined = work ? join(id, work, context, copy) : Promise.resolve((known as { value: Out }).value);
      return alongEmit(
        emit(context, "dedupe.joined", () => ({ name, key: id })),
        joined,
      );
    });
  }

  return defineProcessor<In, Out>({ name, kind: "dedupe", isLeaf: false, children: () => [child], run });
}

function ownCopy(error: unknown): Error {
  return error instanceof PipelineError ? error.copy() : (error as Error);
}

interface Memory<Out> {
  keep(id: string, value: Out, context: Context): void;
  find(id: string, context: Context): { readonly value: Out } | undefined;
}

/** Results by key for a while, at most so many. */
function createMemory<Out>(keepMs: number, maxKeys: number, copy: Copy): Memory<Out> {
  /** Oldest first. */
  const kept = new Map<string, { readonly value: Out; readonly until: number }>();
  return {
    keep(id, value, { clock }) {
      if (keepMs === 0) return;
      kept.delete(id);
      kept.set(id, { value: copy(value), until: clock.now() + keepMs });
      const [oldest] = kept.keys();
      if (kept.size > maxKeys && oldest !== undefined) kept.delete(oldest);
    },
    find(id, { clock }) {
      const found = kept.get(id);
      if (found && found.until > clock.now()) return { value: copy(found.value) };
      kept.delete(id);
      return undefined;
    },
  };
}
