/** What the compiler's service asks of `node:path`. The bundler puts this file in its place. */

import { posixPaths } from "./posix";

export const { basename, dirname, extname, isAbsolute, join, relative, resolve, sep } = posixPaths;
