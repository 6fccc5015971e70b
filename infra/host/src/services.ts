import type { AnyDefinition } from "@rivergen/service-kit";
import { definition as agentPromptStudio } from "../../../services/agent-prompt-studio/src/definition.ts";
import { definition as backendCore } from "../../../services/backend-core/src/definition.ts";
import { definition as capabilityExecutionSupport } from "../../../services/capability-execution-support/src/definition.ts";
import { definition as capabilityGovernance } from "../../../services/capability-governance/src/definition.ts";
import { definition as capabilityPlanning } from "../../../services/capability-planning/src/definition.ts";
import { definition as capabilitySchemaMetadata } from "../../../services/capability-schema-metadata/src/definition.ts";
import { definition as computeInternal } from "../../../services/compute-internal/src/definition.ts";
import { definition as gateway } from "../../../services/gateway/src/definition.ts";
import { definition as realtime } from "../../../services/realtime/src/definition.ts";
import { definition as storage } from "../../../services/storage/src/definition.ts";
import { definition as storageOrchestration } from "../../../services/storage-orchestration/src/definition.ts";

/** Every service of the platform, in the order they start: who is called comes before who calls. */
export const services: readonly AnyDefinition[] = [
  storage,
  backendCore,
  capabilitySchemaMetadata,
  capabilityPlanning,
  capabilityGovernance,
  capabilityExecutionSupport,
  computeInternal,
  agentPromptStudio,
  storageOrchestration,
  realtime,
  gateway,
];
