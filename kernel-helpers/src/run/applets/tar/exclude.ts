/** Which names `tar --exclude` leaves out. */

import { matches } from "../../shell/pattern";
import type { Options } from "../options";

/** Whether a pattern of `--exclude` leaves *name* out, or something above it. */
export function excluded(options: Options, name: string): boolean {
  return options.values("@").some((pattern) => {
    const clean = pattern.replace(/\/+$/, "");
    return (
      matches(clean, name) ||
      matches(`*/${clean}`, name) ||
      matches(`${clean}/*`, name) ||
      matches(`*/${clean}/*`, name)
    );
  });
}
