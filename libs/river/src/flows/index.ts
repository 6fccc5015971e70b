export { buildRecordFlow, checkFlowForm, checkRecordFlow } from "./compile.ts";
export type { CheckedRecordFlow, RecordFlow, RecordFlowFault, RecordFlowOptions } from "./compile.ts";
export { openRecordFlow } from "./open.ts";
export type { PlainRecordFlow } from "./open.ts";
export { printType } from "@rivergen/relational";
export type { RecordColumn, RecordType } from "./record.ts";
export { FlowRecord, inputType, recordType } from "./record.ts";
export { createRecordRegistry, recordDefinitions } from "./registry.ts";
export type { RecordRegistryOptions } from "./registry.ts";
