import { serviceRoutes, type ServiceName } from "@rivergen/contracts";
import { type App, type Resources, withHead } from "@rivergen/service-kit";

const patienceMs = 2_000;
/** Anyone may ask: within so long all are told the same, so that asking here often asks no service often. */
const keepMs = 1_000;

/** State of one service as the gateway sees it. */
interface ServiceHealth {
  readonly ok: boolean;
  readonly detail?: string;
}

/**
 * `/health/services`: every service of the platform, wherever it runs. It decides nothing: a gateway is ready by itself
 * while others are away.
 */
export function registerPlatformHealth(app: App, resources: Pick<Resources<unknown>, "isLocal" | "urlOf">): void {
  const names = Object.keys(serviceRoutes) as ServiceName[];
  let known: { readonly states: Promise<Record<string, ServiceHealth>>; readonly until: number } | undefined;
  async function askAll(): Promise<Record<string, ServiceHealth>> {
    const states = await Promise.all(names.map(async (name) => [name, resources.isLocal(name) ? { ok: true } : await ask(resources.urlOf(name))] as const));
    return { ...Object.fromEntries(states), gateway: { ok: true } };
  }
  app.get("/health/services", withHead, async () => {
    if (!known || known.until <= performance.now()) known = { states: askAll(), until: performance.now() + keepMs };
    return { services: await known.states };
  });
}

async function ask(url: string | undefined): Promise<ServiceHealth> {
  if (url === undefined) return { ok: false, detail: "Its address is not known." };
  try {
    const response = await fetch(new URL("/health/ready", url), { signal: AbortSignal.timeout(patienceMs) });
    await response.body?.cancel();
    return response.ok ? { ok: true } : { ok: false, detail: "It runs and is not ready." };
  } catch {
    return { ok: false, detail: "It does not answer." };
  }
}
