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

const ofDataset = (dataset: string, part: string) => [...keys.dataset(dataset), part] as const;

export const datasetProfile = (api: RiverGenClient, dataset: string) =>
  queryOptions({ queryKey: ofDataset(dataset, "profile"), queryFn: ({ signal }) => api.getDatasetProfile({ params: { dataset } }, { signal }) });

export const datasetLineage = (api: RiverGenClient, dataset: string) =>
  queryOptions({ queryKey: ofDataset(dataset, "lineage"), queryFn: ({ signal }) => api.getDatasetLineage({ params: { dataset } }, { signal }) });

export const datasetVersions = (api: RiverGenClient, dataset: string) =>
  infiniteQueryOptions({
    queryKey: ofDataset(dataset, "versions"),
    initialPageParam: firstPage,
    getNextPageParam: nextPage,
    queryFn: ({ signal, pageParam }) => api.listDatasetVersions({ params: { dataset }, query: { limit: pageSize, ...at(pageParam) } }, { signal }),
  });

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

export const summarizeUsage = (api: RiverGenClient, by: "day" | "river" | "meter", from: string) =>
  queryOptions({ queryKey: [...keys.usage(), by, from], queryFn: ({ signal }) => api.summarizeUsage({ query: { by, from } }, { signal }) });

export const usageLines = (api: RiverGenClient, from: string) =>
  infiniteQueryOptions({
    queryKey: [...keys.usage(), "lines", from],
    initialPageParam: firstPage,
    getNextPageParam: nextPage,
    queryFn: ({ signal, pageParam }) => api.listUsage({ query: { from, limit: pageSize, ...at(pageParam) } }, { signal }),
  });

export const listApiKeys = (api: RiverGenClient) =>
  infiniteQueryOptions({
    queryKey: keys.apiKeys(),
    initialPageParam: firstPage,
    getNextPageParam: nextPage,
    queryFn: ({ signal, pageParam }) => api.listApiKeys({ query: { limit: pageSize, ...at(pageParam) } }, { signal }),
  });

/** Rows that a chart can show at most. */
const chartRows = 5_000;
/** The first rows of an output: what its chart and its columns are made of. Written once, so never read again. */
export const firstRows = (api: RiverGenClient, run: string, name: string) =>
  queryOptions({
    queryKey: keys.output(run, name),
    staleTime: "static",
    queryFn: ({ signal }) => api.getRunOutput({ params: { run, name }, query: { format: "json", limit: chartRows } }, { signal }),
  });

export const listPrompts = (api: RiverGenClient) =>
  infiniteQueryOptions({
    queryKey: [...keys.prompts(), "list"],
    initialPageParam: firstPage,
    getNextPageParam: nextPage,
    queryFn: ({ signal, pageParam }) => api.listPrompts({ query: { limit: 20, ...at(pageParam) } }, { signal }),
  });

/** Dry run of a river's newest version. */
export const planOf = (api: RiverGenClient, river: string, parameters: Readonly<Record<string, unknown>> = {}) =>
  queryOptions({
    queryKey: [...keys.river(river), "plan", parameters],
    queryFn: ({ signal }) =>
      api.planRiver({ params: { river }, body: Object.keys(parameters).length === 0 ? {} : { parameters: { ...parameters } } }, { signal }),
  });

export const riverVersions = (api: RiverGenClient, river: string) =>
  infiniteQueryOptions({
    queryKey: [...keys.river(river), "versions"],
    initialPageParam: firstPage,
    getNextPageParam: nextPage,
    queryFn: ({ signal, pageParam }) => api.listRiverVersions({ params: { river }, query: { limit: pageSize, ...at(pageParam) } }, { signal }),
  });

/** All faults of a text that may be a river; the same text is not asked about twice. */
export const validationOf = (api: RiverGenClient, text: string) =>
  queryOptions({
    queryKey: ["validation", text],
    gcTime: 60_000,
    queryFn: ({ signal }) => api.validateRiver({ stream: text, headers: yamlType }, { signal }),
  });
/** River documents are sent as they are written. */
export const yamlType = { "content-type": "application/yaml" } as const;

/** What happened in a run, oldest first. */
export const runEvents = (api: RiverGenClient, run: string) =>
  queryOptions({
    queryKey: keys.runEvents(run),
    queryFn: async ({ signal }) => (await api.listRunEvents({ params: { run }, query: { limit: 1_000 } }, { signal })).items,
  });

/** Schema of river documents, out of the platform's own description. */
export const riverSchema = (api: RiverGenClient) =>
  queryOptions({
    queryKey: ["river-schema"],
    staleTime: "static",
    queryFn: async ({ signal }) => {
      const answer = await fetch(`${api.connection.url}/v1/openapi.json`, { signal });
      const { components } = (await answer.json()) as { components: { schemas: { RiverDocument: Record<string, unknown> } } };
      return components.schemas.RiverDocument;
    },
  });
