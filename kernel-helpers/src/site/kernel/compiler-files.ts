/** Declaration files that the compiler reads, by the path under which it looks for them. The bundler puts their texts in. */

declare const LAYERBOOK_DECLARATIONS: Readonly<Record<string, string>>;

/** Path → text. */
export const declarations: ReadonlyMap<string, string> = new Map(Object.entries(LAYERBOOK_DECLARATIONS));
