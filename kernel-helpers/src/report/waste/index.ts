/** Where the bytes of an image went: dive's score, what could be saved, secrets that stayed. */

export { efficiencyOf, type Efficiency, type WastedPath } from "./efficiency";
export type { LayerFile } from "./file-tree";
export { type Leak, leaksOf } from "./leaks";
export { findSecret, type LayerContents, type SecretPlace } from "./secrets";
export { renderWaste } from "./table";
export { wasteOf, type LayerWaste, type Reclaimable, type Waste, type WasteKind } from "./waste";
