import { AppError } from "@rivergen/contracts";
import type { Clock } from "@rivergen/pipeline";
import { defineSink, defineSource } from "@rivergen/pipeline/streams";
import type { SinkPlugin, Source, Sourced, SourcePlugin } from "@rivergen/pipeline/streams";
import { z } from "zod";
import { requestOptions, sendRequest } from "./http-request.ts";
import type { HttpAnswer } from "./http-request.ts";
import { pointTo } from "./json-pointer.ts";

/** What whoever runs the connectors decides, not whoever configures them. */
export interface HttpOptions {
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** Whether hosts of this machine and of private networks may be asked. Default false: such requests fail with REMOTE_REFUSED. */
  readonly allowInternal?: boolean;
}

const pointer = z.string().regex(/^(\/.*)?$/, "a JSON Pointer");

const pages = z.discriminatedUnion("by", [
  z.strictObject({ by: z.literal("none") }),
  z.strictObject({ by: z.literal("link") }),
  z.strictObject({ by: z.literal("cursor"), pointer, parameter: z.string().min(1) }),
  z.strictObject({ by: z.literal("number"), parameter: z.string().min(1), first: z.int().default(1) }),
]);

const sourceConfig = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).describe("Address of the first page."),
  items: pointer.default("").describe("JSON Pointer to the list of items in a page; empty: the page is the list."),
  pages: pages
    .default({ by: "none" })
    .describe(
      "How the next page is found: `none`; `link`: the header `Link` with rel=next; `cursor`: what `pointer` names in the page goes into the query `parameter`, until it is absent or null; `number`: the query `parameter` counts from `first` until a page is empty. Pages of another host are refused: headers may hold secrets.",
    ),
  maxPageBytes: z.int().positive().default(33_554_432).describe("Most bytes of a page."),
  ...requestOptions,
});
type SourceConfig = z.infer<typeof sourceConfig>;

/** A place in a paged source: which page, and how many of its items are behind. */
const place = z.object({ url: z.string(), number: z.int(), item: z.int() });
type Place = z.infer<typeof place>;

function withParameter(url: string, name: string, value: string): string {
  const next = new URL(url);
  next.searchParams.set(name, value);
  return next.href;
}

/** The address in a `Link` header (RFC 8288) with rel=next. */
function linkedNext({ headers, url }: HttpAnswer): string | undefined {
  const links = (headers.get("link") ?? "").split(/,(?=\s*<)/);
  const next = links.find((link) => /;\s*rel="?([^";]*\s)?next[\s";]?/i.test(link));
  const target = next && /<([^>]*)>/.exec(next)?.[1];
  return target === undefined ? undefined : new URL(target, url).href;
}

function nextPage({ pages: how, url }: SourceConfig, page: Place, answer: HttpAnswer, body: unknown, count: number): Place | undefined {
  const at = (next: string | undefined): Place | undefined => (next === undefined ? undefined : { url: next, number: page.number + 1, item: 0 });
  if (how.by === "link") return at(linkedNext(answer));
  if (how.by === "number") return count === 0 ? undefined : at(withParameter(url, how.parameter, String(page.number + 1)));
  if (how.by === "none") return undefined;
  const cursor = pointTo(body, how.pointer);
  return typeof cursor === "string" || typeof cursor === "number" ? at(withParameter(url, how.parameter, String(cursor))) : undefined;
}

function firstPage({ url, pages: how }: SourceConfig): Place {
  return how.by === "number" ? { url: withParameter(url, how.parameter, String(how.first)), number: how.first, item: 0 } : { url, number: 1, item: 0 };
}

/**
 * Whether a way that is told one address after the other goes round: one address is kept, and after ever longer ways
 * another (Brent's algorithm), so that any circle is found and none but one address is held.
 */
function createRoundCheck(first: string): (address: string) => boolean {
  let kept = first;
  let steps = 0;
  let until = 1;
  return (address) => {
    if (address === kept) return true;
    steps += 1;
    if (steps === until) [kept, steps, until] = [address, 0, until * 2];
    return false;
  };
}

async function* readPages(config: SourceConfig, after: unknown, signal: AbortSignal, { clock, allowInternal }: HttpOptions): AsyncGenerator<Sourced<unknown>> {
  const { attempts, timeoutMs, maxPageBytes: maxBytes } = config;
  const headers = { accept: "application/json", ...config.headers };
  let page: Place | undefined = after === undefined ? firstPage(config) : place.parse(after);
  const isRound = createRoundCheck(page.url);
  while (page) {
    const answer = await sendRequest({ url: page.url, method: "GET", headers, attempts, timeoutMs, maxBytes, signal, allowInternal, ...(clock && { clock }) });
    const body = parseBody(answer);
    const items = pointTo(body, config.items);
    if (!Array.isArray(items))
      throw new AppError("REMOTE_REFUSED", { detail: `There is no list at "${config.items}" in the answer of ${new URL(page.url).host}` });
    for (let item = page.item; item < items.length; item += 1) yield { value: items[item] as unknown, cursor: { ...page, item: item + 1 } };
    const next: Place | undefined = nextPage(config, page, answer, body, items.length);
    // The headers may hold secrets that are meant for the first host alone.
    if (next && new URL(next.url).origin !== new URL(config.url).origin)
      throw new AppError("REMOTE_REFUSED", { detail: `A page of ${new URL(page.url).host} names one of another host as the next one` });
    if (next && isRound(next.url)) throw new AppError("REMOTE_REFUSED", { detail: `The pages of ${new URL(page.url).host} lead round in a circle` });
    page = next;
  }
}

function parseBody({ text, url }: HttpAnswer): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new AppError("REMOTE_REFUSED", { detail: `The answer of ${new URL(url).host} is not JSON` }, error);
  }
}

/** Items of a paged JSON interface. Its position is a page and an item, so going on asks for no earlier page. */
export function httpSource(options: HttpOptions = {}): SourcePlugin<typeof sourceConfig> {
  return defineSource({
    name: "http",
    version: "1.0.0",
    description:
      "Gives the items of a JSON interface, page after page; failed requests are tried again. Internal addresses are refused unless the process allows them.",
    config: sourceConfig,
    open: (config): Source<unknown> => ({ name: `http:${config.url}`, read: ({ after, signal }) => readPages(config, after, signal, options) }),
  });
}

const sinkConfig = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).describe("Address that takes the items."),
  method: z.enum(["POST", "PUT"]).default("POST").describe("Method of the requests."),
  ...requestOptions,
});

/** Sends every item, or list of items, as JSON. All tries of one carry the same `Idempotency-Key`. */
export function httpSink({ clock, allowInternal }: HttpOptions = {}): SinkPlugin<typeof sinkConfig> {
  return defineSink({
    name: "http",
    version: "1.0.0",
    description:
      "Sends every item as the JSON body of a request; failed requests are tried again under the same idempotency key. Internal addresses are refused unless the process allows them.",
    config: sinkConfig,
    open: ({ url, method, headers: own, attempts, timeoutMs }) => ({
      name: `http:${url}`,
      write(item, { signal }) {
        const headers = { "content-type": "application/json", "idempotency-key": crypto.randomUUID(), ...own };
        const body = JSON.stringify(item);
        return sendRequest({ url, method, headers, body, attempts, timeoutMs, maxBytes: 1_048_576, signal, allowInternal, ...(clock && { clock }) });
      },
    }),
  });
}
