/** Every expected failure: its HTTP status, whether trying again can help, and the sentence people read. */
export const errorCatalog = {
  // the request itself
  BODY_NOT_PARSEABLE: { status: 400, retryable: false, title: "The body could not be parsed" },
  REQUEST_MALFORMED: { status: 400, retryable: false, title: "The request could not be parsed" },
  REQUEST_HEAD_TOO_LARGE: { status: 431, retryable: false, title: "The address and headers are larger than allowed" },
  UNSUPPORTED_CONTENT_TYPE: { status: 415, retryable: false, title: "This content type is not accepted here" },
  NOT_ACCEPTABLE: { status: 406, retryable: false, title: "None of the accepted formats can be given" },
  INVALID_REQUEST: { status: 422, retryable: false, title: "The request has faults" },
  BODY_TOO_SLOW: { status: 408, retryable: true, title: "The body did not arrive in time" },
  BODY_TOO_LARGE: { status: 413, retryable: false, title: "The body is larger than allowed" },
  RATE_LIMITED: { status: 429, retryable: true, title: "Too many requests" },
  IDEMPOTENCY_KEY_REUSED: { status: 422, retryable: false, title: "This idempotency key was used with another body" },
  REQUEST_IN_FLIGHT: { status: 409, retryable: true, title: "A request with this idempotency key is still being answered" },
  ROUTE_NOT_FOUND: { status: 404, retryable: false, title: "There is no such address" },
  METHOD_NOT_ALLOWED: { status: 405, retryable: false, title: "This address does not take this method" },
  DEADLINE_EXCEEDED: { status: 504, retryable: true, title: "The answer took longer than the request allowed" },
  PRECONDITION_FAILED: { status: 412, retryable: false, title: "Someone else changed this in the meantime" },
  // who asks
  UNAUTHENTICATED: { status: 401, retryable: false, title: "Credentials are missing or no longer valid" },
  INVALID_CREDENTIALS: { status: 401, retryable: false, title: "E-mail address or password is wrong" },
  SECOND_FACTOR_REQUIRED: { status: 401, retryable: false, title: "A second factor is required" },
  FORBIDDEN: { status: 403, retryable: false, title: "You may not do this" },
  WORKSPACE_REQUIRED: { status: 422, retryable: false, title: "Say which workspace is meant (X-Workspace-Id)" },
  WORKSPACE_NOT_FOUND: { status: 404, retryable: false, title: "There is no such workspace" },
  EMAIL_TAKEN: { status: 409, retryable: false, title: "There is an account with this e-mail address" },
  PASSWORD_TOO_COMMON: { status: 422, retryable: false, title: "This password is too common" },
  API_KEY_NOT_FOUND: { status: 404, retryable: false, title: "There is no such API key" },
  // files and datasets
  FILE_NOT_FOUND: { status: 404, retryable: false, title: "There is no such file in this workspace" },
  INVALID_FILE_PATH: { status: 422, retryable: false, title: "This is not a valid file path" },
  DIGEST_MISMATCH: { status: 422, retryable: false, title: "The content does not match its digest" },
  RANGE_NOT_SATISFIABLE: { status: 416, retryable: false, title: "The file has no such range" },
  UPLOAD_INCOMPLETE: { status: 400, retryable: true, title: "The upload ended before its announced length" },
  DATASET_NOT_FOUND: { status: 404, retryable: false, title: "There is no such dataset in this workspace" },
  DATASET_NAME_TAKEN: { status: 409, retryable: false, title: "Another source already has this dataset name" },
  DATASET_NOT_READY: { status: 409, retryable: true, title: "This dataset has no readable version yet" },
  DATASET_SCHEMA_MISMATCH: { status: 409, retryable: false, title: "The columns differ from those of the dataset" },
  DATASET_IN_USE: { status: 409, retryable: false, title: "Something still depends on this dataset" },
  FILE_UNREADABLE: { status: 422, retryable: false, title: "The file cannot be read as a table" },
  // SQL
  QUERY_REFUSED: { status: 422, retryable: false, title: "This statement is not allowed" },
  QUERY_FAILED: { status: 422, retryable: false, title: "The statement failed" },
  QUERY_TIMEOUT: { status: 422, retryable: false, title: "The statement took longer than allowed" },
  QUERY_MEMORY_EXCEEDED: { status: 422, retryable: false, title: "The statement needed more memory than allowed" },
  // rivers and runs
  RIVER_INVALID: { status: 422, retryable: false, title: "The river document has faults" },
  RIVER_NOT_FOUND: { status: 404, retryable: false, title: "There is no such river in this workspace" },
  RIVER_NAME_TAKEN: { status: 409, retryable: false, title: "There is a river with this name" },
  RIVER_VERSION_NOT_FOUND: { status: 404, retryable: false, title: "The river has no such version" },
  RIVER_NOT_DRAFT: { status: 409, retryable: false, title: "Only a draft can be saved" },
  RUN_NOT_FOUND: { status: 404, retryable: false, title: "There is no such run in this workspace" },
  RUN_NOT_RESUMABLE: { status: 409, retryable: false, title: "This run cannot be resumed" },
  INPUT_GONE: { status: 410, retryable: false, title: "What this reads is not kept any more" },
  RUN_ENDED: { status: 409, retryable: false, title: "The run has already ended" },
  OUTPUT_NOT_FOUND: { status: 404, retryable: false, title: "The run has no such output" },
  LEASE_LOST: { status: 409, retryable: false, title: "Another worker has this run now" },
  STEP_FAILED: { status: 422, retryable: false, title: "A step of the run failed" },
  RUN_TIMEOUT: { status: 422, retryable: false, title: "The run took longer than allowed" },
  RUN_MEMORY_EXCEEDED: { status: 422, retryable: false, title: "The run needed more memory than allowed" },
  RUN_CANCELLED: { status: 409, retryable: false, title: "The run was cancelled" },
  PLATFORM_FAULT: { status: 500, retryable: true, title: "The platform failed while running this; nothing is charged for it" },
  // flows
  FLOW_INVALID: { status: 422, retryable: false, title: "The flow has faults" },
  FLOW_NOT_FOUND: { status: 404, retryable: false, title: "There is no such flow" },
  FLOW_VERSION_NOT_FOUND: { status: 404, retryable: false, title: "The flow has no such version" },
  FLOW_NAME_TAKEN: { status: 409, retryable: false, title: "There is a flow with this name" },
  FLOW_FORMAT_UNSUPPORTED: { status: 422, retryable: false, title: "A flow is written in YAML or JSON" },
  FLOW_FILE_UNREADABLE: { status: 422, retryable: false, title: "The file of the flow cannot be read" },
  FLOW_TEST_TIMEOUT: { status: 422, retryable: false, title: "The test of the flow took longer than allowed" },
  FLOW_TEST_MEMORY_EXCEEDED: { status: 422, retryable: false, title: "The test of the flow needed more memory than allowed" },
  FLOW_TEST_FAILED: { status: 422, retryable: false, title: "The test of the flow ended without a result" },
  NAME_ALREADY_REGISTERED: { status: 409, retryable: false, title: "Something is registered under this name and version already" },
  INVALID_NAME: { status: 422, retryable: false, title: "Nothing can have this name" },
  STREAM_TIMEOUT: { status: 504, retryable: true, title: "There was no room in the channel in time" },
  // asking
  PROMPT_NOT_FOUND: { status: 404, retryable: false, title: "There is no such prompt in this workspace" },
  PROMPT_NOT_WAITING: { status: 409, retryable: false, title: "This prompt waits for no answer" },
  // live
  TOO_MANY_CHANNELS: { status: 422, retryable: false, title: "One connection cannot listen to so many channels" },
  CLIENT_TOO_SLOW: { status: 408, retryable: true, title: "What was sent was not read in time; connect again with `after`" },
  // pipelines
  ABORTED: { status: 503, retryable: false, title: "Nobody waits for the result of this work any more" },
  CIRCUIT_OPEN: { status: 503, retryable: true, title: "Too many calls failed; no more are let through for a while" },
  CONTEST_UNDECIDED: { status: 422, retryable: false, title: "No result met the condition" },
  CONTEST_FAILED: { status: 422, retryable: false, title: "All processors failed" },
  // the platform
  MIGRATION_CONFLICT: { status: 500, retryable: false, title: "The history of the database differs from the program's" },
  EMBEDDED_STORE_FAILED: { status: 500, retryable: false, title: "The embedded database could not be started" },
  OBJECT_NOT_FOUND: { status: 404, retryable: false, title: "There is no such object" },
  INVALID_OBJECT_KEY: { status: 422, retryable: false, title: "This is not a valid object key" },
  REMOTE_REFUSED: { status: 502, retryable: false, title: "Another system refused a request or answered what cannot be read" },
  PLUGIN_EXISTS: { status: 409, retryable: false, title: "There is a plugin with this name and version" },
  PLUGIN_NOT_FOUND: { status: 404, retryable: false, title: "There is no such plugin" },
  LINK_INVALID: { status: 403, retryable: false, title: "This link is not valid or no longer valid" },
  STORE_UNAVAILABLE: { status: 503, retryable: true, title: "A store did not answer" },
  SERVICE_UNAVAILABLE: { status: 503, retryable: true, title: "A service did not answer" },
  OVERLOADED: { status: 503, retryable: true, title: "Too much to do at the moment" },
  INTERNAL: { status: 500, retryable: false, title: "Something failed that should not" },
} as const;
export type ErrorCode = keyof typeof errorCatalog;

/** One fault of an input: where it is, a stable code, and a sentence that says what to do. */
export interface Fault {
  /** JSON Pointer into the input (`/steps/clean/do/0/filter`); empty for the whole. */
  readonly path: string;
  readonly code: string;
  readonly message: string;
  /** Line in the text, from 1, where the input was a text. */
  readonly line?: number | undefined;
  /** Column in the line, from 1. */
  readonly column?: number | undefined;
  /** What was probably meant. */
  readonly suggestion?: string | undefined;
}

/** What may stand beside a code. `detail` and `errors` have their own places on the wire, the rest goes beside them. */
export interface ErrorDetails {
  /** One sentence for this very occurrence: what was wrong and what to do. */
  readonly detail?: string;
  readonly errors?: readonly Fault[];
  /** Seconds after which trying again makes sense. */
  readonly retryAfterSeconds?: number;
  readonly [field: string]: unknown;
}

/** The only error class: a code of the catalogue, details that are safe to show, and a cause that is never shown. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, details: ErrorDetails = {}, cause?: unknown) {
    super(details.detail ?? errorCatalog[code].title, { cause });
    this.name = "AppError";
    this.code = code;
    this.details = details;
  }

  get status(): number {
    return errorCatalog[this.code].status;
  }

  /** Whether trying again can help: the only thing that retries look at. */
  get retryable(): boolean {
    return errorCatalog[this.code].retryable;
  }
}
