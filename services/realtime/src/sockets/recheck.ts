import { AppError, type Caller, type Principal } from "@rivergen/contracts";
import type { Logger } from "@rivergen/service-kit";

const atOnce = 16;

/** One connection whose credentials must go on being valid. */
export interface Watched {
  readonly token: string;
  /** The caller these credentials make now. @throws UNAUTHENTICATED, FORBIDDEN, WORKSPACE_NOT_FOUND */
  readonly check: (principal: Principal | null) => Promise<Caller>;
  /** Ends the connection. */
  readonly cut: (error: AppError) => void;
}

export interface Recheck {
  watch(connection: Watched): () => void;
  stop(): void;
}

/**
 * Asks again and again who the tokens of open connections belong to, each token once per round however many use it;
 * whoever lost the right is cut. While nobody answers the question connections stay.
 */
export function createRecheck(resolve: (token: string) => Promise<Principal | null>, everyMs: number, log: Logger): Recheck {
  const watched = new Map<string, Set<Watched>>();
  let isBusy = false;

  async function checkToken(token: string): Promise<void> {
    const principal = await resolve(token);
    for (const connection of watched.get(token) ?? []) {
      await connection.check(principal).catch((error: unknown) => {
        if (error instanceof AppError) connection.cut(error);
        else throw error;
      });
    }
  }

  async function round(): Promise<void> {
    const tokens = [...watched.keys()].values();
    const worker = async (): Promise<void> => {
      for (const token of tokens)
        await checkToken(token).catch((error: unknown) => log.warn({ err: error }, "credentials of a connection could not be checked"));
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
  }

  const timer = setInterval(() => {
    if (isBusy) return;
    isBusy = true;
    void round().finally(() => {
      isBusy = false;
    });
  }, everyMs);
  timer.unref();

  return {
    watch(connection) {
      const same = watched.get(connection.token) ?? new Set();
      watched.set(connection.token, same.add(connection));
      return () => {
        same.delete(connection);
        if (same.size === 0 && watched.get(connection.token) === same) watched.delete(connection.token);
      };
    },
    stop: () => clearInterval(timer),
  };
}
