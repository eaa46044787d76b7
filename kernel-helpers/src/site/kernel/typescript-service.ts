/** The compiler's script for workers: TypeScript, its libraries and the desktop kernel's own service, over files in memory. */

import ts from "typescript";
import { Service } from "../../kernel/typescript/service/service";
import type { SessionFiles } from "../../kernel/session/session-host";
import { declarations } from "./compiler-files";
import { mountFiles } from "./node-fs";

/** Where the declarations lie, as the compiler sees it. */
const PACKAGE = "/.layerbook-package";

(globalThis as unknown as { layerbookCompiler: object }).layerbookCompiler = {
  create(directory: string, files: SessionFiles): Service {
    mountFiles(files, declarations);
    (ts as unknown as { setSys(sys: object): void }).setSys({
      useCaseSensitiveFileNames: true,
      newLine: "\n",
      args: [],
      fileExists: (path: string) => declarations.has(path) || files.kind(path) === "file",
      readFile: (path: string) => declarations.get(path),
      directoryExists: (path: string) =>
        [...declarations.keys()].some((name) => name.startsWith(`${path}/`)) ||
        files.kind(path) === "directory",
      getDirectories: () => [],
      getCurrentDirectory: () => directory,
      getExecutingFilePath: () => "/",
      write: () => undefined,
      resolvePath: (path: string) => path,
      createDirectory: () => undefined,
      readDirectory: () => [],
      writeFile: () => undefined,
      exit: () => undefined,
    });
    // There is no process with Node's declarations to turn to: what is not known is an error.
    const service = new Service(
      PACKAGE,
      false,
      { libraries: `${PACKAGE}/typescript`, types: `${PACKAGE}/types` },
      true,
    );
    service.answer({ method: "open", directory, packageDirectory: PACKAGE });
    return service;
  },
};
