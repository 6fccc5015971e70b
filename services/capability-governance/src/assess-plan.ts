import type { Lineage, Plan, ReadableDataset } from "@rivergen/contracts";

type Assessment = Pick<Plan, "labels" | "policies">;
type Influence = NonNullable<Lineage["edges"][number]["influence"]>;

/** From strongest to weakest: a value that comes out is worse than one that only decided which rows do. */
const strength: readonly Influence[] = ["value", "key", "filter", "order"];

/** Follows labelled source columns along the lineage to the outputs they reach, and by what kind of influence. */
export function assessPlan(outputs: Plan["outputs"], lineage: Lineage, datasets: readonly ReadableDataset[]): Assessment {
  const nodes = new Map(lineage.nodes.map((node) => [node.id, node]));
  const incoming = Map.groupBy(lineage.edges, ({ to }) => to);
  const labels: Assessment["labels"] = [];
  for (const output of outputs) {
    // Most columns have no label: nothing is looked for then.
    for (const column of output.columns.filter((each) => each.labels.length > 0)) {
      const target = lineage.nodes.find((node) => {
        const parent = nodes.get(node.parent ?? "");
        return node.kind === "column" && node.name === column.name && parent?.kind === "output" && parent.name === output.name;
      });
      const origins = target ? originsOf(target.id, incoming) : new Map<string, Influence>();
      for (const label of column.labels) labels.push({ output: output.name, column: column.name, label, ...describeOrigins(label, origins, nodes, datasets) });
    }
  }
  return { labels, policies: [] };
}

/** Every node a column depends on, with its strongest influence. */
function originsOf(start: string, incoming: Map<string, Lineage["edges"]>): Map<string, Influence> {
  const found = new Map<string, Influence>();
  const open: { id: string; influence: Influence }[] = [{ id: start, influence: "value" }];
  for (let next = open.pop(); next; next = open.pop()) {
    for (const edge of incoming.get(next.id) ?? []) {
      const influence = weaker(next.influence, edge.influence ?? "value");
      const known = found.get(edge.from);
      if (known !== undefined && strength.indexOf(known) <= strength.indexOf(influence)) continue;
      found.set(edge.from, influence);
      open.push({ id: edge.from, influence });
    }
  }
  return found;
}

function weaker(a: Influence, b: Influence): Influence {
  return strength.indexOf(a) > strength.indexOf(b) ? a : b;
}

function describeOrigins(
  label: string,
  origins: Map<string, Influence>,
  nodes: Map<string, Lineage["nodes"][number]>,
  datasets: readonly ReadableDataset[],
): { origins: string[]; influence: string } {
  const carriers = [...origins].flatMap(([id, influence]) => {
    const node = nodes.get(id);
    const parent = nodes.get(node?.parent ?? "");
    const dataset = parent?.kind === "dataset" ? datasets.find(({ name }) => name === parent.name) : undefined;
    const carries = dataset?.columns.some((column) => column.name === node?.name && column.labels.includes(label));
    return carries ? [{ name: `${dataset?.name}.${node?.name}`, influence }] : [];
  });
  const strongest = carriers.toSorted((a, b) => strength.indexOf(a.influence) - strength.indexOf(b.influence))[0];
  return { origins: [...new Set(carriers.map(({ name }) => name))], influence: strongest?.influence ?? "value" };
}
