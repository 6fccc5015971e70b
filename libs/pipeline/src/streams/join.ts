import { createBell } from "./bell.ts";
import { joinOrigins, leave } from "./entry.ts";
import type { Entries, Entry } from "./entry.ts";

/** Items of several streams in the order of their arrival; each is one item ahead at most. The first error ends all. */
export async function* mergeEntries<T>(sources: readonly Entries<T>[]): Entries<T> {
  const bell = createBell();
  const inputs = sources.map((source) => ({ iterator: source[Symbol.asyncIterator](), isAsked: false }));
  const arrived: { readonly input: (typeof inputs)[number]; readonly entry: Entry<T> }[] = [];
  let open = inputs.length;
  let failed: { readonly error: unknown } | undefined;
  const ask = (input: (typeof inputs)[number]) => {
    input.isAsked = true;
    input.iterator.next().then(
      (result) => {
        input.isAsked = false;
        if (result.done === true) open -= 1;
        else arrived.push({ input, entry: result.value });
        bell.ring();
      },
      (error: unknown) => {
        input.isAsked = false;
        failed ??= { error };
        bell.ring();
      },
    );
  };
  try {
    for (const input of inputs) ask(input);
    for (;;) {
      const next = arrived.shift();
      if (next) {
        ask(next.input);
        yield next.entry;
      } else if (failed) throw failed.error;
      else if (open === 0) return;
      else await bell.wait();
    }
  } finally {
    await Promise.all(inputs.map(({ iterator, isAsked }) => leave(iterator, isAsked)));
  }
}

/** Pairs of the first items, the second items and so on; the shorter stream ends it. */
export async function* zipEntries<A, B>(left: Entries<A>, right: Entries<B>): Entries<[A, B]> {
  const iterators = [left[Symbol.asyncIterator](), right[Symbol.asyncIterator]()] as const;
  let isAsked = false;
  try {
    for (;;) {
      isAsked = true;
      const [a, b] = await Promise.all([iterators[0].next(), iterators[1].next()]);
      isAsked = false;
      if (a.done === true || b.done === true) return;
      yield { value: [a.value.value, b.value.value], origin: joinOrigins([a.value, b.value]) };
    }
  } finally {
    await Promise.all(iterators.map((iterator) => leave(iterator, isAsked)));
  }
}
