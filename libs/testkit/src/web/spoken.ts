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
  "button link textbox searchbox combobox checkbox switch radio radiogroup slider spinbutton tab tabpanel menu menuitem listbox option table grid columnheader dialog navigation region progressbar img image".split(
    " ",
  ),
);

/** Read as one thing, with everything in it. */
const whole = new Set(["button", "link", "tab", "menuitem", "option", "checkbox", "radio", "switch", "img", "image"]);

/** What somebody who hears a page instead of seeing it would miss, in words; empty where it is all there. */
export async function findUnspoken(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send("Accessibility.getFullAXTree");
  await session.detach();
  const spoken = (nodes as readonly Node[]).filter(({ ignored }) => !ignored);
  return [...findNameless(spoken), ...findHeadingFaults(spoken), ...findHeadless(spoken), ...findLandmarkFaults(spoken)];
}

const roleOf = ({ role }: Node): string => String(role?.value ?? "");
const nameOf = ({ name }: Node): string => (typeof name?.value === "string" ? name.value.trim() : "");

function findNameless(nodes: readonly Node[]): string[] {
  const parents = new Map(nodes.flatMap((node) => (node.childIds ?? []).map((id) => [id, node] as const)));
  // A picture within something that says what it is needs no words of its own.
  const isWithinNamed = (node: Node): boolean => {
    for (let around = parents.get(node.nodeId); around; around = parents.get(around.nodeId))
      if (whole.has(roleOf(around)) && nameOf(around) !== "") return true;
    return false;
  };
  const nameless = nodes.filter((node) => named.has(roleOf(node)) && nameOf(node) === "" && !isWithinNamed(node));
  return nameless.map((node) => `a ${roleOf(node)} beside “${nameOf(parents.get(node.nodeId) ?? node)}” has no name`);
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
