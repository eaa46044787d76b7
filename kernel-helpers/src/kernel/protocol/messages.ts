/** The shapes of Jupyter messages (protocol 5.4), as far as this kernel reads or writes them. */

/** The version that every header of ours carries. */
export const PROTOCOL_VERSION = "5.4";

/** A message's identity. `date` is ISO 8601 in UTC. */
export interface Header {
  readonly msg_id: string;
  readonly session: string;
  readonly username: string;
  readonly date: string;
  readonly msg_type: string;
  readonly version: string;
  readonly [other: string]: unknown;
}

/** A decoded message. `identities` are the routing frames before the delimiter, in order; `buffers` the raw ones after the content. */
export interface Message {
  readonly identities: readonly Uint8Array[];
  readonly header: Header;
  readonly parent: Partial<Header>;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly content: Readonly<Record<string, unknown>>;
  readonly buffers: readonly Uint8Array[];
}

/** The connection file that Jupyter writes. Ports are TCP ports; for `ipc` they are suffixes of a path. */
export interface ConnectionInfo {
  readonly transport: string;
  readonly ip: string;
  readonly shell_port: number;
  readonly iopub_port: number;
  readonly stdin_port: number;
  readonly control_port: number;
  readonly hb_port: number;
  /** Key of the signatures; empty: messages are not signed. */
  readonly key: string;
  /** Only `hmac-sha256` is used by Jupyter. */
  readonly signature_scheme: string;
}

/** Data by MIME type. JSON types hold objects, text types strings, binary types base64. */
export type MimeBundle = Readonly<Record<string, unknown>>;

/** What `error` and a failing reply carry. `traceback` is shown line by line and may hold ANSI colours. */
export interface ErrorContent {
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: readonly string[];
}

/** The content of an execute_request, with the protocol's defaults filled in. */
export interface ExecuteRequest {
  readonly code: string;
  readonly silent: boolean;
  readonly storeHistory: boolean;
  readonly userExpressions: Readonly<Record<string, string>>;
  readonly allowStdin: boolean;
  readonly stopOnError: boolean;
}

/** Reads an execute_request leniently: what is missing or of the wrong type gets the protocol's default. */
export function readExecuteRequest(content: Readonly<Record<string, unknown>>): ExecuteRequest {
  const silent = content.silent === true;
  const expressions = content.user_expressions;
  return {
    code: typeof content.code === "string" ? content.code : "",
    silent,
    storeHistory: !silent && content.store_history !== false,
    userExpressions:
      typeof expressions === "object" && expressions !== null ? (expressions as Record<string, string>) : {},
    allowStdin: content.allow_stdin !== false,
    stopOnError: content.stop_on_error !== false,
  };
}
