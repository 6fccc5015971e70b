export { createFolderStore } from "./folder.ts";
export type { FolderStoreOptions } from "./folder.ts";
export type { Content, GetOptions, Link, LinkMethod, ObjectContent, ObjectFacts, ObjectPage, ObjectStore, PutOptions, StoredObject } from "./object-store.ts";
