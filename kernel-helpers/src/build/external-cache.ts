/** Caches outside the builder, as `--cache-to` and `--cache-from` use them. */

/** By name. */
export type ExternalCaches = Map<string, ExportedCache>;

export interface ExportedCache {
  readonly name: string;
}
