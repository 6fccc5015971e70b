import type { Caller, Client, Event, ServiceRoutes } from "@rivergen/contracts";
import type { LogRequest } from "./read.ts";

/** The log as its owner lets a caller see it. */
export interface LogAccess {
  read(caller: Caller, request: LogRequest): Promise<readonly Event[]>;
  /** @throws RUN_NOT_FOUND, DATASET_NOT_FOUND */
  authorize(caller: Caller, channels: readonly string[]): Promise<number>;
}

type Core = Pick<Client<ServiceRoutes["backend-core"]>, "readEvents" | "authorizeChannels">;

export function createLogAccess(core: (caller: Caller) => Core): LogAccess {
  return {
    async read(caller, { after, upTo, channels, limit }) {
      const { items } = await core(caller).readEvents({ body: { after, upTo, channels: channels && [...channels], limit } });
      return items;
    },
    async authorize(caller, channels) {
      const { seq } = await core(caller).authorizeChannels({ body: { channels: [...channels] } });
      return seq;
    },
  };
}
