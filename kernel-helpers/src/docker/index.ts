/** The simulated docker command and the shell around it. */

export { parseBuildFlags, BUILD_FLAG_NAMES, type BuildFlags } from "./build-flags";
export { FlagError } from "./flags";
export { docker, DOCKER_COMMANDS } from "./docker";
export type { CallerFiles, DockerIo } from "./command";
export { DockerEngine, DockerError, type Container, type EngineImage } from "./engine";
export { runShell, SHELL_HOME, type ShellOptions } from "./context-shell";
