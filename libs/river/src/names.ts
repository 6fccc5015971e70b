import type { ReportShape } from "./shape.ts";

const namePattern = /^[a-z][a-z0-9_]{0,62}$/;
const prefixes = ["usr", "org", "wsp", "key", "fil", "dst", "con", "pmt", "riv", "run", "evt", "mdl", "dec", "pol", "sch", "inv", "use"];
const idPattern = new RegExp(`^(?:${prefixes.join("|")})_[0-9a-z]{20,}$`);
const reserved = new Set(["validate", "new"]);

/** A form that a bad name could take: `My Orders` → `my_orders`. */
function repaired(name: string): string | undefined {
  const tried = name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^[_0-9]+|_+$/g, "")
    .slice(0, 63);
  return namePattern.test(tried) && tried !== name ? tried : undefined;
}

/** Why a name cannot be one of a river, source, step, output or dataset; undefined when it can. */
export function nameFault(name: string): { readonly code: string; readonly message: string } | undefined {
  if (!namePattern.test(name)) {
    const better = repaired(name);
    return { code: "INVALID_NAME", message: `a name has 1 to 63 small letters, digits and _, and begins with a letter${better ? `; as ${better}` : ""}` };
  }
  if (reserved.has(name) || idPattern.test(name)) return { code: "RESERVED_NAME", message: `${name} is a reserved name` };
  return undefined;
}

export function checkName(name: string, path: string, report: ReportShape): void {
  const fault = nameFault(name);
  if (fault) report(path, fault.code, fault.message);
}
