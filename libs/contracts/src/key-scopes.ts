// Apart from the contracts that use it: a web page takes this without their parser.

/** What an API key may be allowed, one by one; a key without any may do what its owner may. */
export const keyScopes = [
  "files:read",
  "files:write",
  "datasets:read",
  "datasets:write",
  "queries:write",
  "prompts:read",
  "prompts:write",
  "rivers:read",
  "rivers:write",
  "flows:read",
  "flows:write",
  "runs:read",
  "runs:write",
  "billing:read",
  "events:read",
  "workspaces:read",
  "workspaces:write",
] as const;
