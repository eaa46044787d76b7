/** `RUN --device` (BuildKit instructions/commands_rundevice.go). */

import type { Device } from "../command-types";
import { toLower } from "../go-text";
import { csvFields, parseBool } from "../go-values";
import { Refusal } from "../refusal";
import { withSuggestion } from "../suggest";

/** Reads one value of the flag: `vendor.com/class=name,required`. Throws Refusal. */
export function parseDevice(value: string): Device {
  const fields = csvFields(value);
  if ("error" in fields) throw new Refusal("LB_RUN_DEVICE", `failed to parse csv devices: ${fields.error}`);
  let name = "";
  let required = false;
  for (const field of fields) {
    const equals = field.indexOf("=");
    const key = toLower(equals < 0 ? field : field.slice(0, equals));
    const written = equals < 0 ? undefined : field.slice(equals + 1);
    if (key === "required") {
      const flag = written === undefined ? true : parseBool(written);
      if (flag === undefined) throw new Refusal("LB_RUN_DEVICE", `invalid value for ${key}: ${written}`);
      required = flag;
    } else if (key === "name" && written !== undefined) {
      if (name !== "") throw new Refusal("LB_RUN_DEVICE", `device name already set to ${name}`);
      name = written;
    } else if (name === "") {
      name = field;
    } else if (written === undefined) {
      throw new Refusal("LB_RUN_DEVICE", `invalid field '${field}' must be a key=value pair`);
    } else {
      const message = `unexpected key '${key}' in '${field}'`;
      throw new Refusal("LB_RUN_DEVICE", withSuggestion(message, key, ["name", "required"]));
    }
  }
  return { name, required };
}
