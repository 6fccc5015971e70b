import { createClient, type RiverGenClient } from "@rivergen/client";
import { CommandFailure, exitCodes } from "./failure.ts";
import { findHome, isAlive } from "./home.ts";
import { createStateFile, type StateFile, statePath } from "./state.ts";
import type { Terminal } from "./terminal.ts";

/** Options that every command takes. */
export interface GlobalOptions {
  readonly json?: boolean;
  readonly url?: string;
  readonly workspace?: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** What a command works with. */
export interface Context {
  readonly terminal: Terminal;
  readonly state: StateFile;
  readonly environment: Environment;
  readonly folder: string;
  /** Ends what is under way on Ctrl-C. */
  readonly signal: AbortSignal;
  /** Address of the platform. @throws CommandFailure when there is none */
  address(): Promise<string>;
  /** A client that is signed in. @throws CommandFailure when it cannot be */
  client(): Promise<RiverGenClient>;
  /** Key of what is remembered for this platform and workspace. */
  scope(client: RiverGenClient): string;
}

export const notRunning = "RiverGen is not running here. Start it with: npm start";

/** Creates the context of one command. Nothing is read before it is needed. */
export function createContext(options: GlobalOptions, terminal: Terminal, environment: Environment, folder: string, signal: AbortSignal): Context {
  const state = createStateFile(statePath(environment));
  const locate = async (): Promise<{ url: string; owner?: { token: string; workspaceId: string } }> => {
    const given = options.url ?? environment["RIVERGEN_URL"];
    const home = await findHome(environment, folder);
    if (given) {
      const url = readUrl(given, options.url === undefined ? "RIVERGEN_URL" : "--url");
      return home?.owner && home.address && readUrl(home.address.url, "address.json") === url ? { url, owner: home.owner } : { url };
    }
    if (!home?.address) throw new CommandFailure(notRunning);
    if (!isAlive(home.address.pid)) throw new CommandFailure(notRunning);
    return { url: readUrl(home.address.url, "address.json"), ...(home.owner ? { owner: home.owner } : {}) };
  };
  const client = async (): Promise<RiverGenClient> => {
    const { url, owner } = await locate();
    const token = environment["RIVERGEN_TOKEN"];
    const session = (await state.read()).sessions[url];
    const known = token ? { token, workspaceId: null } : (session ?? owner);
    if (!known) throw new CommandFailure(`Nobody is signed in at ${url}. Use: river sign-in --url ${url}`);
    const wanted = options.workspace ?? environment["RIVERGEN_WORKSPACE"] ?? known.workspaceId ?? undefined;
    const found = createClient({ url, token: known.token });
    if (wanted === undefined) return found;
    return found.inWorkspace(wanted.startsWith("wsp_") ? wanted : await findWorkspace(found, wanted));
  };
  return {
    terminal,
    state,
    environment,
    folder,
    signal,
    address: async () => (await locate()).url,
    client,
    scope: ({ connection }) => `${connection.url} ${connection.workspaceId ?? ""}`,
  };
}

function readUrl(text: string, origin: string): string {
  if (!URL.canParse(text) || !/^https?:/.test(text)) throw new CommandFailure(`${origin}: "${text}" is no http address`, exitCodes.badConfiguration);
  return new URL(text).href.replace(/[#?].*$/, "").replace(/\/+$/, "");
}

async function findWorkspace(client: RiverGenClient, name: string): Promise<string> {
  const { workspaces } = await client.getSession();
  const found = workspaces.filter((workspace) => workspace.name === name);
  if (found.length === 1 && found[0]) return found[0].id;
  const all = workspaces.map((workspace) => `${workspace.name} (${workspace.id})`).join(", ");
  throw new CommandFailure(
    found.length === 0 ? `There is no workspace "${name}". Yours: ${all}` : `Several workspaces are called "${name}": use the id. Yours: ${all}`,
    exitCodes.wrongUse,
  );
}
