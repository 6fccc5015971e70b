/** What stands at an address, over all methods that it takes. */
interface Resource {
  /** The contract's spelling: `/v1/rivers/:river`, `/v1/files/:file*` and `/v1/files/:file*` with an ending. */
  readonly path: string;
  readonly pattern: RegExp;
  /** Sorts the most telling spelling of an address first: fixed words before names, names before whole paths. */
  readonly rank: string;
  readonly methods: Set<string>;
}

/** The addresses of a server. Where several spellings fit one address, the most telling decides which methods it takes. */
export interface Resources {
  /** @param paths the contract's spellings behind one registered address */
  add(method: string, paths: readonly string[]): void;
  /** Methods that an address takes; empty where nothing stands. */
  methodsAt(path: string): readonly string[];
  /** Whether the address is, in spite of the route that was found for the method, another one that does not take it. */
  isRefused(method: string, routePath: string, path: string): boolean;
}

/** An empty table of addresses. */
export function createResources(): Resources {
  const resources = new Map<string, Resource>();
  /** Registered address → spellings that may be more telling for some of its paths. Most have none. */
  const rivals = new Map<string, readonly Resource[]>();

  function methodsAt(path: string): readonly string[] {
    const found = [...resources.values()].filter(({ pattern }) => pattern.test(path)).toSorted((a, b) => (a.rank < b.rank ? -1 : 1));
    return [...new Set(found.filter(({ rank }) => rank === found[0]?.rank).flatMap(({ methods }) => [...methods]))].toSorted();
  }

  function rivalsOf(routePath: string): readonly Resource[] {
    let known = rivals.get(routePath);
    if (known === undefined) {
      const own = toPattern(routePath);
      const ownRank = toRank(routePath);
      // A file may be called like a fixed address, so only an ending takes paths away from it.
      known = [...resources.values()].filter(
        ({ path, rank }) => rank < ownRank && path.includes("*") === routePath.includes("*") && own.test(path.replaceAll(/:\w+\*?/g, "x")),
      );
      rivals.set(routePath, known);
    }
    return known;
  }

  return {
    add(method, paths) {
      rivals.clear();
      for (const path of paths) {
        const resource = resources.get(path) ?? { path, pattern: toPattern(path), rank: toRank(path), methods: new Set<string>() };
        resource.methods.add(method);
        resources.set(path, resource);
      }
    },
    methodsAt,
    isRefused: (method, routePath, path) => rivalsOf(routePath).some(({ pattern }) => pattern.test(path)) && !methodsAt(path).includes(method),
  };
}

function toPattern(path: string): RegExp {
  const words = path.split(/(:\w+\*?|\*)/).map((word) => {
    if (word.endsWith("*")) return ".+";
    return word.startsWith(":") ? "[^/]+" : word.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
  });
  return new RegExp(`^${words.join("")}$`);
}

function toRank(path: string): string {
  const [, ending = ""] = path.split("*");
  const words = path.split("/").map((word) => (word.includes("*") ? "2" : word.startsWith(":") ? "1" : "0"));
  return `${words.slice(0, path.split("*", 1)[0]?.split("/").length).join("")}${ending === "" ? "1" : "0"}`;
}
