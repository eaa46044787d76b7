/** What can be made better in a project: its Dockerfile as it is, tried with every rule. */

import { prove } from "./prove";
import type { Optimization } from "./types";
import { openWorkshop, type Project } from "./workshop";

/** Proposals for *project*. A Dockerfile that is not there is told as a build tells it. */
export async function optimizationOf(project: Project): Promise<Optimization> {
  const { context, file, options } = project;
  const shop = await openWorkshop(project);
  if (!context.exists(file)) {
    const { error } = await project.open(context.fork()).build(options);
    return { file, proposals: [], refused: [], weights: shop.weights, error: error?.message ?? "" };
  }
  const dockerfile = context.readText(file);
  return prove({ dockerfile, secrets: Object.keys(options.secrets ?? {}) }, file, shop);
}
