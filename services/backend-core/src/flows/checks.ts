import { createHash } from "node:crypto";
import type { Fault } from "@rivergen/contracts";
import { type FlowDocument, type FlowFormat, type Flows, invalidFlow, toCanonical } from "@rivergen/flow";

/** A document as it was sent. */
export interface FlowText {
  readonly text: string;
  readonly format: FlowFormat;
}
/** A document without faults, in its one spelling. */
export interface ValidFlow {
  readonly document: FlowDocument;
  /** SHA-256 of it. */
  readonly digest: string;
}

export type FlowChecks = ReturnType<typeof createFlowChecks>;

/** Whether documents are flows of what is registered for records. */
export function createFlowChecks(flows: Pick<Flows, "validate" | "specification">) {
  function validate({ text, format }: FlowText): { valid: boolean; errors: Fault[] } {
    const { faults } = flows.validate(text, { format });
    return { valid: faults.length === 0, errors: [...faults] };
  }

  /** @throws FLOW_INVALID with every fault */
  function valid(flow: FlowText | FlowDocument): ValidFlow {
    const { faults, document } = "text" in flow ? flows.validate(flow.text, { format: flow.format }) : flows.validate(flow);
    if (!document) throw invalidFlow(faults);
    const canonical = toCanonical(document);
    return { document: canonical, digest: createHash("sha256").update(JSON.stringify(canonical)).digest("hex") };
  }

  return { validate, valid, specification: flows.specification };
}
