/** Registries: images out and in by the OCI distribution protocol. */

export * from "./address";
export { base64, type Credentials, parseChallenges, type Challenge } from "./auth";
export * from "./pull";
export * from "./push";
export { Registry, type RegistryOptions } from "./registry";
