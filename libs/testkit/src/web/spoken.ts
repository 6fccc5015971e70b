import type { Page } from "../browser.ts";

/** A node of the browser's accessibility tree: what a screen reader is given. */
interface Node {
  readonly nodeId: string;
  readonly ignored: boolean;
  readonly role?: { readonly value?: unknown };
  readonly name?: { readonly value?: unknown };
  readonly properties?: readonly { readonly name: string; readonly value: { readonly value?: unknown } }[];
  readonly childIds?: readonly string[];
}

/** Whatever can be acted on or jumped to says what it is. */
const named = new Set(
  "button link textbox searchbox combobox checkbox switch radio radiogroup slider spinbutton tab tabpanel menu menuitem listbox option table grid columnheader dialog navigation region progressbar".split(
    " ",
  ),
);

/** What somebody who hears a page instead of seeing it would miss, in words; empty where it is all there. */
export async function findUnspoken(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send("Accessibility.getFullAXTree");
  await session.detach();
  const all: readonly Node[] = nodes;
  const spoken = all.filter(({ ignored }) => !ignored);
  return [...findNameless(spoken), ...findHeadingFaults(spoken), ...findHeadless(all), ...findLandmarkFaults(spoken)];
}

const textOf = (property: Node["name"]): string => (typeof property?.value === "string" ? property.value.trim() : "");
const roleOf = ({ role }: Node): string => textOf(role);
const nameOf = ({ name }: Node): string => textOf(name);

function findNameless(nodes: readonly Node[]): string[] {
  return nodes.filter((node) => named.has(roleOf(node)) && nameOf(node) === "").map((node) => `a ${roleOf(node)} has no name`);
}

/** One heading of the page, and none that skips a level on the way down. */
function findHeadingFaults(nodes: readonly Node[]): string[] {
  const headings = nodes.filter((node) => roleOf(node) === "heading");
  const levels = headings.map(({ properties }) => Number(properties?.find(({ name }) => name === "level")?.value.value));
  const skips = levels.flatMap((level, index) =>
    level > (levels[index - 1] ?? 0) + 1 ? [`heading “${nameOf(headings[index] as Node)}” skips to level ${level}`] : [],
  );
  const first = levels.filter((level) => level === 1).length;
  return [...skips, ...(first === 1 ? [] : [`there are ${first} headings of level 1`])];
}

/** Tables whose cells belong to no head. */
function findHeadless(nodes: readonly Node[]): string[] {
  const byId = new Map(nodes.map((node) => [node.nodeId, node]));
  const holds = (node: Node, role: string): boolean =>
    (node.childIds ?? []).some((id) => {
      const child = byId.get(id);
      return child !== undefined && (roleOf(child) === role || holds(child, role));
    });
  return nodes
    .filter((node) => ["table", "grid"].includes(roleOf(node)) && holds(node, "row") && !holds(node, "columnheader"))
    .map((node) => `table “${nameOf(node)}” has no head`);
}

function findLandmarkFaults(nodes: readonly Node[]): string[] {
  const mains = nodes.filter((node) => roleOf(node) === "main").length;
  // A dialog that everything else waits for is all there is.
  return mains === 1 || nodes.some((node) => roleOf(node) === "dialog") ? [] : [`there are ${mains} main parts`];
}
