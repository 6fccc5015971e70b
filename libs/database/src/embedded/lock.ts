import { createServer } from "node:net";
import type { Server } from "node:net";
import type { Clock } from "@rivergen/pipeline";

/**
 * Runs `work` while no other process of this machine holds the same name. The lock is a socket in Linux's abstract
 * namespace: it vanishes with its process, however that ends. Elsewhere there is none, and Postgres' own lock on its
 * data folder has to do.
 */
export async function underMachineLock<T>(name: string, clock: Clock, work: () => Promise<T>): Promise<T> {
  if (process.platform !== "linux") return work();
  let held = await tryLock(name);
  while (!held) {
    await clock.sleep(20);
    held = await tryLock(name);
  }
  try {
    return await work();
  } finally {
    held.close();
  }
}

function tryLock(name: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once("error", (error: NodeJS.ErrnoException) => (error.code === "EADDRINUSE" ? resolve(undefined) : reject(error)));
    server.listen(`\0rivergen-${name}`, () => {
      server.unref();
      resolve(server);
    });
  });
}
