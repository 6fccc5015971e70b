/// <reference types="vite/client" />
declare module "virtual:operations" {
  export const operations: import("@rivergen/client/web").WireOperations;
}
