/** A document that runs as it stands, with what goes in and what comes out. */
export interface FlowExample {
  readonly title: string;
  readonly about: string;
  readonly yaml: string;
  readonly input: unknown;
  /** What comes out, or the path and code of the error. */
  readonly output: unknown;
}

/**
 * What the examples name: processors `trim`, `upper`, `round {digits}`, `score`, `unreachable` (always fails), predicate
 * `isLarge {over}`, condition `country` (de, fr or other), reducer `merge`, error handler `giveUp`, channel `audit`.
 */
export const flowExamples: readonly FlowExample[] = [
  {
    title: "One step after the other",
    about: "A processor's parameters stand under `config`; they are checked when the document is.",
    yaml: `type: sequence
children:
  - ref: trim
  - { ref: round, config: { digits: 1 } }
  - ref: upper
`,
    input: { name: " ada ", amount: 12.34 },
    output: { name: "ADA", amount: 12.3 },
  },
  {
    title: "Ways",
    about:
      "A switch takes the route whose key its condition answers; everything else takes `default`. A filter without `else` passes on what its predicate refuses.",
    yaml: `type: switch
condition: country
routes:
  de: { ref: upper }
  fr: { type: filter, predicate: isLarge, config: { over: 100 }, then: { ref: score } }
default: { ref: trim }
`,
    input: { name: "bo", amount: 250, country: "fr" },
    output: { name: "bo", amount: 250, country: "fr", score: 2.5 },
  },
  {
    title: "Something that may fail",
    about:
      "From the outside in: at most two seconds, for at most four tries with growing waits, and if that does not help, another way on the item as it came.",
    yaml: `type: fallback
children:
  - type: timeout
    duration: 2s
    child: { type: retry, attempts: 4, backoff: 1ms, max_backoff: 4ms, child: { ref: unreachable } }
  - ref: score
`,
    input: { name: "cy", amount: 300 },
    output: { name: "cy", amount: 300, score: 3 },
  },
  {
    title: "An error with its path",
    about: "Names of nodes, outer to inner, say where it happened.",
    yaml: `type: sequence
name: nightly
children:
  - type: circuit-breaker
    name: guard
    failure_threshold: 5
    recovery_timeout: 30s
    child: { ref: unreachable }
`,
    input: { name: "di", amount: 1 },
    output: { path: ["nightly", "guard", "unreachable"], code: "STEP_FAILED" },
  },
  {
    title: "Side by side",
    about:
      "Children of a concurrent never see each other's changes; a reducer makes one item of what they gave. A stream node sends what it gets to a channel.",
    yaml: `type: sequence
children:
  - stream: audit
    stream_timeout: 100ms
  - type: concurrent
    reducer: merge
    children: [{ ref: upper }, { ref: score }]
`,
    input: { name: "ed", amount: 50 },
    output: { name: "ED", amount: 50, score: 0.5 },
  },
  {
    title: "Recovering",
    about: "An error handler may answer an item, which then goes on in place of the error.",
    yaml: `type: handle
error_handler: giveUp
child: { type: rate-limit, requests_per_second: 100, burst_size: 10, child: { ref: unreachable } }
`,
    input: { name: "flo", amount: 9 },
    output: { name: "flo", amount: 9, note: "unreachable: nobody answered" },
  },
];
