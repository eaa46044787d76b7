/** Layerbook: build Dockerfiles as BuildKit does, without Docker, and see why every layer was or was not cached. */

import { Lab as AnyLab, type LabOptions } from "./lab";
import { nodeMachine } from "./lab-node";

export type { BuildResult, ComparisonResult, LabMachine, LabOptions } from "./lab";
export type * from "./build/types";
export type * from "./build/status";
export type { LabContext, WriteOptions } from "./build/lab-context";
export type { NamedImage } from "./build/store/image-shelf";
export { ContextPathError } from "./build/lab-context";
export { nodeMachine } from "./lab-node";
export { codeFrame, parseDockerfile } from "./dockerfile";
export { convert } from "./graph";
export { ciReport, readForeignImage, renderBundle, renderCi, renderTable } from "./report";
export type { CiReport, Comparison, ForeignImage, PictureKind, PictureOptions, Shown } from "./report";
export { progressText } from "./report/progress";

/** A context, a builder and base images in one hand. */
export type Lab = AnyLab;
export const Lab = {
  /** Opens a Lab on this machine: an empty context, an empty cache, the catalog's base images. Rejects when a directory cannot be opened. */
  open(options: LabOptions = {}): Promise<AnyLab> {
    return AnyLab.openOn(nodeMachine(), options);
  },
};
