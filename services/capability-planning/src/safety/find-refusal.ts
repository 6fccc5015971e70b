import { changeVerbs, tokenize } from "@rivergen/words";

const leaving: readonly { readonly pattern: RegExp; readonly reason: string }[] = [
  {
    pattern:
      /\b(e-?mail|send|post|forward|upload|export|share)\b.{0,60}\b(to|with)\s+\S*(@|https?:|ftp:|my|his|her|their|someone|outside|external|slack|webhook)/i,
    reason: "Sending data out of the workspace is not something a question can do.",
  },
  {
    pattern:
      /\b(system prompt|your (instructions|prompt|rules|configuration)|ignore (all |any |the |your )?(previous|prior|above|earlier)|disregard (all|any|the|your)|you are now|pretend (to be|you)|jailbreak|developer mode)\b/i,
    reason: "The planner only answers questions about this workspace's data.",
  },
  {
    pattern:
      /(\/etc\/|\/proc\/|\.\.\/|file:\/\/|\bc:\\|\bread_(csv|text|blob|parquet|json)|\b(read|open|load|cat|list)\b.{0,30}\b(files?|directory|disk|filesystem|environment variables?|env vars?|secrets?)\b)/i,
    reason: "Questions cannot read files.",
  },
  {
    pattern:
      /\b(other|another|all|every|different)\s+(tenants?|workspaces?|customers?'?\s+data|organi[sz]ations?'?\s+data|accounts?'?\s+data|users?'?\s+(data|passwords?|tokens?))\b/i,
    reason: "Only data of this workspace can be asked about.",
  },
  {
    pattern:
      /\b(passwords?|api[- ]?keys?|access tokens?|credentials?|environment variables?)\b.{0,40}\b(of|for|from|in)\b.{0,30}\b(users?|admins?|system|database|server|platform|service|postgres|everyone)\b/i,
    reason: "Credentials cannot be asked for.",
  },
  { pattern: /\b(information_schema|pg_catalog|pg_shadow|pg_user|duckdb_secrets|sqlite_master|duckdb_settings)\b/i, reason: "System tables cannot be read." },
  {
    pattern:
      /\b(run|execute|exec|call)\b.{0,20}\b(shell|command|script|bash|sql|code|program)\b|\bcopy\b.{0,40}\bto\b|\battach\b.{0,20}(database|'|")|\binstall\b.{0,20}\bextension\b/i,
    reason: "Questions cannot run commands.",
  },
];

const softVerbs = new Set(["set", "change", "fix", "clear", "replace", "add", "create", "edit", "modify", "rename", "remove"]);
const politeOpenings = new Set([
  "please",
  "can",
  "could",
  "would",
  "you",
  "kindly",
  "now",
  "just",
  "and",
  "then",
  "go",
  "ahead",
  "to",
  "i",
  "want",
  "need",
  "us",
  "let",
  "'d",
  "like",
  "will",
]);

/** Whether the request's main verb orders a change of data. */
const ordersChange = (text: string): boolean => {
  const words = tokenize(text).filter((token) => !token.quoted && /\p{L}/u.test(token.lower));
  const at = words.findIndex((token) => !politeOpenings.has(token.lower));
  const verb = words[at];
  if (verb === undefined || !changeVerbs.has(verb.lower)) return false;
  if (!softVerbs.has(verb.lower)) return words.length > at + 1 || verb.lower.length > 3;
  return !/^(in|of|since|from|over|vs|versus|by|per)$/.test(words[at + 1]?.lower ?? "");
};

const statements =
  /(;|^|'|"|\)|--|\/\*|\band\b|\bthen\b|\balso\b)\s*(please\s+)?(drop\s+(table|database|schema|view|column|all|the)|delete\s+(from|all|every|the|them|those|these)|truncate\s+(table|the|all|\w+)|update\s+\w+\s+set|insert\s+(into|a|new|the)|alter\s+(table|user|role|the)|grant\s+\w+|revoke\s+\w+|create\s+(table|user|or|view)|erase\s+\w+|wipe\s+\w+|remove\s+(all|every|the|them)\b)/i;

/** Why a text is an order that a question must not carry out (change data, leave the workspace); undefined for questions. */
export const findRefusal = (text: string): string | undefined => {
  if (ordersChange(text) || statements.test(text)) return "Questions only read data; they cannot change or delete it.";
  return leaving.find(({ pattern }) => pattern.test(text))?.reason;
};
