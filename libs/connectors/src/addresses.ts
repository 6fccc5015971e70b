import type { LookupAddress } from "node:dns";
import { lookup } from "node:dns";
import { BlockList, isIP } from "node:net";
import type { LookupFunction } from "node:net";
import { AppError } from "@rivergen/contracts";

/** Ranges that no public host has: this machine, its own and private networks, and what reaches those by another spelling. RFC 6890. */
const ranges = [
  ["0.0.0.0", 8, "ipv4"],
  ["10.0.0.0", 8, "ipv4"],
  ["100.64.0.0", 10, "ipv4"],
  ["127.0.0.0", 8, "ipv4"],
  ["169.254.0.0", 16, "ipv4"],
  ["172.16.0.0", 12, "ipv4"],
  ["192.0.0.0", 24, "ipv4"],
  ["192.0.2.0", 24, "ipv4"],
  ["192.168.0.0", 16, "ipv4"],
  ["198.18.0.0", 15, "ipv4"],
  ["198.51.100.0", 24, "ipv4"],
  ["203.0.113.0", 24, "ipv4"],
  ["224.0.0.0", 3, "ipv4"],
  ["::", 96, "ipv6"],
  ["64:ff9b::", 96, "ipv6"],
  ["64:ff9b:1::", 48, "ipv6"],
  ["2001::", 23, "ipv6"],
  ["2001:db8::", 32, "ipv6"],
  ["2002::", 16, "ipv6"],
  ["fc00::", 7, "ipv6"],
  ["fe80::", 9, "ipv6"],
  ["ff00::", 8, "ipv6"],
] as const;

const internal = new BlockList();
for (const [network, prefix, family] of ranges) internal.addSubnet(network, prefix, family);

/** Whether an IP address belongs to this machine or to a network that is not public. */
export function isInternal(address: string): boolean {
  const family = isIP(address);
  return family === 0 || internal.check(address, family === 6 ? "ipv6" : "ipv4");
}

const refusal = (host: string): AppError => new AppError("REMOTE_REFUSED", { detail: `${host} is an internal address: requests to it are not allowed` });

/** @throws REMOTE_REFUSED for a host that is written as an internal address */
export function checkHost({ hostname }: URL): void {
  const host = hostname.replace(/^\[|\]$/g, "");
  if (isIP(host) !== 0 && isInternal(host)) throw refusal(host);
}

/**
 * Looks names up and gives public addresses only. What is connected to is what was looked at: a name that answers
 * otherwise a moment later gains nothing.
 */
export const lookUpPublic: LookupFunction = (host, options, callback) => {
  lookup(host, { ...options, all: true }, (error: NodeJS.ErrnoException | null, found: LookupAddress[]) => {
    if (error) return callback(error, []);
    const first = found[0];
    if (!first || found.some(({ address }) => isInternal(address))) return callback(refusal(host) as NodeJS.ErrnoException, []);
    return options.all === true ? callback(null, found) : callback(null, first.address, first.family);
  });
};
