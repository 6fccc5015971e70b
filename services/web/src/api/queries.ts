import type { RiverGenClient } from "@rivergen/client/web";
import { isRunOver, type RunStatus } from "@rivergen/contracts";
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { keys } from "./keys.ts";

/** Items of one page of a list. */
const pageSize = 50;
const firstPage: string | undefined = undefined;
const nextPage = (page: { readonly nextCursor: string | null }): string | undefined => page.nextCursor ?? undefined;
const at = (cursor: string | undefined) => (cursor === undefined ? {} : { cursor });

/** Every table of the workspace, read page by page: search and sort work over all of them. */
export const allDatasets = (api: RiverGenClient) =>
  queryOptions({
    queryKey: [...keys.datasets(), "all"],
    queryFn: async ({ signal }) => {
      const items = [];
      let cursor: string | undefined;
      do {
        const page = await api.listDatasets({ query: { limit: 200, ...at(cursor) } }, { signal });
        items.push(...page.items);
        cursor = nextPage(page);
      } while (cursor !== undefined);
      return items;
    },
  });

export const oneDataset = (api: RiverGenClient, dataset: string) =>
  queryOptions({ queryKey: keys.dataset(dataset), queryFn: ({ signal }) => api.getDataset({ params: { dataset } }, { signal }) });

export const listRuns = (api: RiverGenClient, filter: { readonly river?: string | undefined; readonly status?: RunStatus | undefined } = {}) =>
  infiniteQueryOptions({
    queryKey: [...keys.runs(), filter],
    initialPageParam: firstPage,
    getNextPageParam: nextPage,
    queryFn: ({ signal, pageParam }) =>
      api.listRuns(
        {
          query: {
            limit: pageSize,
            ...at(pageParam),
            ...(filter.river === undefined ? {} : { river: filter.river }),
            ...(filter.status === undefined ? {} : { status: filter.status }),
          },
        },
        { signal },
      ),
  });

/** One run; live events keep it fresh, and a slow poll stands in for them while they are away. */
export const oneRun = (api: RiverGenClient, run: string) =>
  queryOptions({
    queryKey: keys.run(run),
    queryFn: ({ signal }) => api.getRun({ params: { run } }, { signal }),
    refetchInterval: ({ state }) => (state.data && !isRunOver(state.data.status) ? 5_000 : false),
  });

export const listRivers = (api: RiverGenClient) =>
  infiniteQueryOptions({
    queryKey: keys.rivers(),
    initialPageParam: firstPage,
    getNextPageParam: nextPage,
    queryFn: ({ signal, pageParam }) => api.listRivers({ query: { limit: pageSize, ...at(pageParam) } }, { signal }),
  });

export const oneRiver = (api: RiverGenClient, river: string, version?: number) =>
  queryOptions({
    queryKey: [...keys.river(river), version ?? "newest"],
    queryFn: ({ signal }) => api.getRiver({ params: { river }, query: version === undefined ? {} : { version } }, { signal }),
  });

export const onePrompt = (api: RiverGenClient, prompt: string) =>
  queryOptions({ queryKey: keys.prompt(prompt), queryFn: ({ signal }) => api.getPrompt({ params: { prompt } }, { signal }) });
