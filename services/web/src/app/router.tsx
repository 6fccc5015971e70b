import type { QueryClient } from "@tanstack/react-query";
import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, Outlet, redirect } from "@tanstack/react-router";
import { allDatasets, listRivers, listRuns, oneDataset, onePrompt, oneRiver, oneRun } from "../api/queries.ts";
import type { Session } from "../api/session.ts";
import { ErrorState } from "../components/error-state.tsx";
import { NotFound } from "../components/not-found.tsx";
import { readLink } from "../pages/sign-in/link.ts";
import { Shell } from "./shell.tsx";
import { whenReachable } from "../components/lazy-part.ts";

interface Context {
  readonly session: Session;
  readonly queries: QueryClient;
}

const root = createRootRouteWithContext<Context>()({ component: Outlet, notFoundComponent: NotFound });

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (search: Record<string, unknown>): { next?: string | undefined } => ({ next: isOwnPath(search["next"]) ? search["next"] : undefined }),
  component: lazyRouteComponent(() => whenReachable(() => import("../pages/sign-in/sign-in-page.tsx")), "SignInPage"),
});

/** Everything that needs a session. */
const inside = createRoute({
  getParentRoute: () => root,
  id: "inside",
  beforeLoad: ({ context, location }) => {
    if (context.session.current && readLink() === undefined) return;
    const wanted = `${location.pathname}${location.searchStr}`;
    throw redirect({ to: "/sign-in", search: wanted === "/" ? {} : { next: wanted }, hash: true });
  },
  component: Shell,
});
const under = <const Path extends string>(path: Path) => ({ getParentRoute: () => inside, path });

const start = createRoute({
  ...under("/"),
  beforeLoad: () => {
    throw redirect({ to: "/ask", replace: true });
  },
});
const ask = createRoute({
  ...under("/ask"),
  validateSearch: (search: Record<string, unknown>) => pickTexts(search, ["text", "follows"]),
  component: lazyRouteComponent(() => whenReachable(() => import("../pages/ask/ask-page.tsx")), "AskPage"),
});
const answer = createRoute({
  ...under("/ask/$prompt"),
  validateSearch: (search: Record<string, unknown>) => pickTexts(search, ["run"]),
  loader: ({ context, params }) => void context.queries.prefetchQuery(onePrompt(context.session.api, params.prompt)),
  component: lazyRouteComponent(() => whenReachable(() => import("../pages/ask/answer-page.tsx")), "AnswerPage"),
});
const data = createRoute({
  ...under("/data"),
  validateSearch: (search: Record<string, unknown>) => pickTexts(search, ["q", "sort"]),
  loader: ({ context }) => void context.queries.prefetchQuery(allDatasets(context.session.api)),
  component: lazyRouteComponent(() => whenReachable(() => import("../pages/data/data-page.tsx")), "DataPage"),
});
const dataset = createRoute({
  ...under("/data/$dataset"),
  validateSearch: (search: Record<string, unknown>) => pickTexts(search, ["tab"]),
  loader: ({ context, params }) => void context.queries.prefetchQuery(oneDataset(context.session.api, params.dataset)),
  component: lazyRouteComponent(() => whenReachable(() => import("../pages/data/dataset-page.tsx")), "DatasetPage"),
});
const rivers = createRoute({
  ...under("/rivers"),
  validateSearch: (search: Record<string, unknown>) => pickTexts(search, ["q"]),
  loader: ({ context }) => void context.queries.prefetchInfiniteQuery(listRivers(context.session.api)),
  component: lazyRouteComponent(() => whenReachable(() => import("../pages/rivers/rivers-page.tsx")), "RiversPage"),
});
const newRiver = createRoute({
  ...under("/rivers/new"),
  component: lazyRouteComponent(() => whenReachable(() => import("../pages/rivers/new-river-page.tsx")), "NewRiverPage"),
});
const river = createRoute({
  ...under("/rivers/$river"),
  validateSearch: (search: Record<string, unknown>) => pickTexts(search, ["tab", "from", "to"]),
  loader: ({ context, params }) => void context.queries.prefetchQuery(oneRiver(context.session.api, params.river)),
  component: lazyRouteComponent(() => whenReachable(() => import("../pages/rivers/river-page.tsx")), "RiverPage"),
});
const runs = createRoute({
  ...under("/runs"),
  validateSearch: (search: Record<string, unknown>) => pickTexts(search, ["river", "status"]),
  loader: ({ context }) => void context.queries.prefetchInfiniteQuery(listRuns(context.session.api)),
  component: lazyRouteComponent(() => whenReachable(() => import("../pages/runs/runs-page.tsx")), "RunsPage"),
});
const run = createRoute({
  ...under("/runs/$run"),
  validateSearch: (search: Record<string, unknown>) => pickTexts(search, ["output"]),
  loader: ({ context, params }) => void context.queries.prefetchQuery(oneRun(context.session.api, params.run)),
  component: lazyRouteComponent(() => whenReachable(() => import("../pages/runs/run-page.tsx")), "RunPage"),
});
const sql = createRoute({
  ...under("/sql"),
  validateSearch: (search: Record<string, unknown>) => pickTexts(search, ["text"]),
  component: lazyRouteComponent(() => whenReachable(() => import("../pages/sql/sql-page.tsx")), "SqlPage"),
});
const usage = createRoute({
  ...under("/usage"),
  validateSearch: (search: Record<string, unknown>) => pickTexts(search, ["days", "by"]),
  component: lazyRouteComponent(() => whenReachable(() => import("../pages/usage/usage-page.tsx")), "UsagePage"),
});
const apiKeys = createRoute({
  ...under("/settings/keys"),
  component: lazyRouteComponent(() => whenReachable(() => import("../pages/settings/keys-page.tsx")), "KeysPage"),
});
const appearance = createRoute({
  ...under("/settings/appearance"),
  component: lazyRouteComponent(() => whenReachable(() => import("../pages/settings/appearance-page.tsx")), "AppearancePage"),
});
const about = createRoute({
  ...under("/about"),
  component: lazyRouteComponent(() => whenReachable(() => import("../pages/about/about-page.tsx")), "AboutPage"),
});

const tree = root.addChildren([
  signIn,
  inside.addChildren([start, ask, answer, data, dataset, rivers, newRiver, river, runs, run, sql, usage, apiKeys, appearance, about]),
]);

/** Every address of the client; a session in the browser decides whether the inside or the sign-in page is shown. */
export function createPageRouter(context: Context) {
  return createRouter({
    routeTree: tree,
    context,
    defaultPreload: "intent",
    defaultErrorComponent: ({ error, reset }) => (
      <div style={{ padding: 24 }}>
        <ErrorState error={error} onRetry={reset} />
      </div>
    ),
    scrollRestoration: true,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createPageRouter>;
  }
}

/**
 * Parameters of an address come from anyone: only texts of a sane length are taken. Others are named as undefined, since
 * what is left out here would be taken over as it came.
 */
function pickTexts<const Name extends string>(search: Record<string, unknown>, names: readonly Name[]): { [K in Name]?: string | undefined } {
  const entries = names.map((name) => {
    const value = search[name];
    const text = typeof value === "number" || typeof value === "boolean" ? String(value) : value;
    return [name, typeof text === "string" && text !== "" && text.length <= 2_000 ? text : undefined] as const;
  });
  return Object.fromEntries(entries) as { [K in Name]?: string | undefined };
}

/** A path of this client, so that nobody is sent elsewhere after signing in. */
function isOwnPath(value: unknown): value is string {
  return typeof value === "string" && /^\/(?![/\\])[^\\\s]*$/.test(value);
}
