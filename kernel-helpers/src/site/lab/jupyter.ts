/** The little that is used of JupyterLab's and JupyterLite's own modules, which the page gives at run time: types of our own, no dependency. */

/** A part of JupyterLab that others can ask for. */
export type Token = object;

/** A plugin as JupyterLab registers it. */
export interface Plugin {
  readonly id: string;
  readonly description: string;
  readonly autoStart: true;
  readonly requires?: readonly (Token | undefined)[];
  readonly optional?: readonly Token[];
  readonly provides?: Token;
  activate(app: App, ...services: never[]): unknown;
}

export interface App {
  readonly commands: {
    addCommand(
      id: string,
      options: { readonly label: string; readonly caption?: string; execute(args: object): unknown },
    ): unknown;
    execute(id: string, args?: object): Promise<unknown>;
  };
  readonly restored: Promise<unknown>;
}

/** Tells whoever listens. */
export interface Signal<T> {
  emit(value: T): void;
}

/** A file as JupyterLab's contents service has it. */
export interface Model {
  readonly name: string;
  readonly path: string;
  readonly type: "file" | "directory" | "notebook";
  readonly writable: boolean;
  readonly created: string;
  readonly last_modified: string;
  readonly mimetype: string;
  readonly content: unknown;
  readonly format: "json" | "text" | "base64" | null;
  readonly size?: number;
}

export interface FetchOptions {
  readonly type?: string;
  readonly format?: string | null;
  readonly content?: boolean;
}

/** What tells of a changed file. */
export interface FileChanged {
  readonly type: "new" | "delete" | "rename" | "save";
  readonly oldValue: Partial<Model> | null;
  readonly newValue: Partial<Model> | null;
}

/** A message of the Jupyter protocol. */
export interface KernelMessage {
  readonly header: { readonly msg_id: string; readonly msg_type: string };
  readonly content: Readonly<Record<string, unknown>>;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** JupyterLite's base of kernels, as far as it is used. */
export interface BaseKernel {
  readonly id: string;
  readonly location: string;
  readonly executionCount: number;
  readonly parentHeader: object | undefined;
  readonly parent: KernelMessage | undefined;
  readonly isDisposed: boolean;
  dispose(): void;
  stream(content: object, parent?: object): void;
  displayData(content: object, parent?: object): void;
  updateDisplayData(content: object, parent?: object): void;
  clearOutput(content: object, parent?: object): void;
  publishExecuteResult(content: object, parent?: object): void;
  publishExecuteError(content: object, parent?: object): void;
  inputRequest(content: object, parent?: object): void;
}

export type BaseKernelClass = new (options: object) => BaseKernel;

/** Modules by name, as `init` of a federated extension gets them. */
export type Shared = (name: string) => Promise<Record<string, never> | undefined>;
