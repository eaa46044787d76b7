/**
 * The few parts of TypeScript that its published types leave out and that this service rests on. The version is pinned exactly
 * (5.9.3); `test/kernel/typescript-internal.test.ts` says at once when another one lacks any of them.
 */

import ts from "typescript";

/** Hidden fields of a source file. */
export interface FileInternals {
  /** Names declared at the top level, after binding. */
  locals?: Map<string, ts.Symbol>;
  /** All identifiers of the text. */
  identifiers: ReadonlyMap<string, string>;
  parseDiagnostics: readonly ts.DiagnosticWithLocation[];
  path: string;
  resolvedPath: string;
  originalFileName: string;
  imports?: readonly ts.StringLiteralLike[];
  moduleAugmentations?: readonly ts.Node[];
  ambientModuleNames?: readonly string[];
  /** Unset for files. The service sets it to the file of an earlier cell: names not found in a cell are looked up there. */
  parent: ts.Node | undefined;
}

interface Internals {
  bindSourceFile(file: ts.SourceFile, options: ts.CompilerOptions): void;
  getSetExternalModuleIndicator(options: ts.CompilerOptions): (file: ts.SourceFile) => void;
  getTouchingPropertyName(file: ts.SourceFile, position: number): ts.Node;
  Diagnostics: Readonly<
    Record<string, { readonly key: string; readonly code: number; readonly message: string }>
  >;
  Completions: {
    getCompletionsAtPosition(
      host: unknown,
      program: ts.Program,
      log: (text: string) => void,
      file: ts.SourceFile,
      position: number,
      preferences: ts.UserPreferences,
      trigger: ts.CompletionTriggerKind | undefined,
      cancellation: ts.CancellationToken & { throwIfCancellationRequested(): void },
    ): ts.CompletionInfo | undefined;
  };
  SymbolDisplay: {
    getSymbolDisplayPartsDocumentationAndSymbolKind(
      checker: ts.TypeChecker,
      symbol: ts.Symbol,
      file: ts.SourceFile,
      enclosing: ts.Node | undefined,
      location: ts.Node,
    ): {
      readonly displayParts: ts.SymbolDisplayPart[];
      readonly documentation: ts.SymbolDisplayPart[];
      readonly tags?: ts.JSDocTagInfo[];
    };
  };
}

/** TypeScript with its hidden functions. */
export const internal = ts as unknown as Internals;

/** The hidden fields of *file*. */
export function hidden(file: ts.SourceFile): FileInternals {
  return file as unknown as FileInternals;
}
