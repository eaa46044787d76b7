/** What the builder must be allowed before it runs (BuildKit util/entitlements, solver/llbsolver/vertex.go ValidateEntitlements). */

import type { ConvertedTarget } from "./conversion";
import { Refusal } from "./refusal";
import { walkVertices } from "./walk";

/** Throws Refusal for a step that needs more than *allowed*, or has nothing to run (`RUN []`). */
export function checkEntitlements(targets: readonly ConvertedTarget[], allowed: readonly string[]): void {
  for (const vertex of walkVertices(targets.map((target) => target.root))) {
    const { op } = vertex;
    if (op.kind !== "exec") continue;
    if (op.args.length === 0)
      throw new Refusal("failed to marshal LLB definition: arguments are required", "LB_NO_ARGUMENTS");
    if (op.network === "host" && !allowed.includes("network.host")) refuse("network.host");
    if (op.security === "insecure" && !allowed.includes("security.insecure")) refuse("security.insecure");
  }
}

function refuse(entitlement: string): never {
  throw new Refusal(`failed to load LLB: ${entitlement} is not allowed`, "LB_ENTITLEMENT");
}
