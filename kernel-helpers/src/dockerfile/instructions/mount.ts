/** `RUN --mount` (BuildKit instructions/commands_runmount.go). Keys and values are read when the RUN is dispatched. */

import type { RunCommand, RunMount } from "../command-types";
import { goQuote, toLower } from "../go-text";
import { csvFields, parseBool, parseUint32, ramInBytes } from "../go-values";
import { Refusal } from "../refusal";
import { withSuggestion } from "../suggest";
import type { Expander } from "../expand/expander";
import type { DockerfileError } from "../types";

export const mountTypes = ["bind", "cache", "secret", "ssh", "tmpfs"] as const;
const sharingModes = ["locked", "private", "shared"] as const;

/** All keys, in the order in which BuildKit looks for a near one. */
const mountKeys: readonly string[] = [
  "type", "from", "source", "target", "readonly", "id", "sharing", "required", "size", "mode", "uid", "gid", "src", "dst",
  "destination", "ro", "rw", "readwrite", "env",
]; // prettier-ignore

const fail = (message: string) => new Refusal("LB_RUN_MOUNT", message);

function fieldsOf(
  value: string,
): readonly { readonly key: string; readonly value: string | undefined; readonly field: string }[] {
  const fields = csvFields(value);
  if ("error" in fields) throw fail(`failed to parse csv mounts: ${fields.error}`);
  return fields.map((field) => {
    const equals = field.indexOf("=");
    if (equals < 0) return { key: toLower(field), value: undefined, field };
    return { key: toLower(field.slice(0, equals)), value: field.slice(equals + 1), field };
  });
}

/** What is refused while the file is read: a broken record, a variable in `from`. Throws Refusal. */
export function checkMount(mount: string): void {
  for (const { key, value } of fieldsOf(mount)) {
    if (key !== "from" || value === undefined) continue;
    const dollar = value.indexOf("$");
    if (dollar >= 0 && dollar !== value.length - 1) {
      throw new Refusal(
        "LB_MOUNT_FROM_VARIABLE",
        `'${key}' doesn't support variable expansion, define alias stage instead`,
      );
    }
  }
}

/** The mounts of *run*, their values expanded with *expand*; or the refusal, without a place. */
export function parseMounts(run: RunCommand, expand: Expander): readonly RunMount[] | DockerfileError {
  try {
    return run.mounts.map((mount) => parseMount(mount, expand));
  } catch (error) {
    if (error instanceof Refusal) return error.toError();
    throw error;
  }
}

type Draft = { -readonly [K in keyof RunMount]: RunMount[K] };

function parseMount(text: string, expand: Expander): RunMount {
  const mount: Draft = {
    type: "bind",
    from: "",
    source: "",
    target: "",
    readOnly: false,
    sizeLimit: 0,
    cacheId: "",
    cacheSharing: "",
    required: false,
  };
  let readOnly: boolean | undefined;
  const notForType = (key: string) => fail(`unexpected key '${key}' for mount type '${mount.type}'`);
  for (const { key, value: written, field } of fieldsOf(text)) {
    if (written === undefined) {
      if (key === "readonly" || key === "ro") readOnly = true;
      else if (key === "readwrite" || key === "rw") readOnly = false;
      else if (key !== "required") throw fail(`invalid field '${field}' must be a key=value pair`);
      else if (mount.type === "secret" || mount.type === "ssh") mount.required = true;
      else throw notForType(key);
      continue;
    }
    const expanded = expand(written);
    if (expanded.error !== undefined) throw new Refusal("LB_EXPANSION", expanded.error);
    const value = expanded.result;
    const boolean = () => {
      const flag = parseBool(value);
      if (flag === undefined) throw fail(`invalid value for ${key}: ${value}`);
      return flag;
    };
    const number = (base: 8 | 10) => {
      const parsed = parseUint32(value, base);
      if (parsed === undefined) throw fail(`invalid value ${value} for ${key}`);
      return parsed;
    };
    switch (key) {
      case "type": {
        const type = mountTypes.find((name) => name === toLower(value));
        if (type === undefined) {
          throw fail(withSuggestion(`unsupported mount type ${goQuote(value)}`, value, mountTypes));
        }
        mount.type = type;
        break;
      }
      case "from":
        mount.from = value;
        break;
      case "source":
      case "src":
        mount.source = value;
        break;
      case "target":
      case "dst":
      case "destination":
        mount.target = value;
        break;
      case "readonly":
      case "ro":
        readOnly = boolean();
        break;
      case "readwrite":
      case "rw":
        readOnly = !boolean();
        break;
      case "required":
        if (mount.type !== "secret" && mount.type !== "ssh") throw notForType(key);
        mount.required = boolean();
        break;
      case "size": {
        if (mount.type !== "tmpfs") throw notForType(key);
        const size = ramInBytes(value);
        if (size === undefined) throw fail(`invalid value for ${key}: ${value}`);
        mount.sizeLimit = size;
        break;
      }
      case "id":
        mount.cacheId = value;
        break;
      case "sharing": {
        const sharing = sharingModes.find((name) => name === toLower(value));
        if (sharing === undefined) {
          throw fail(withSuggestion(`unsupported sharing value ${goQuote(value)}`, value, sharingModes));
        }
        mount.cacheSharing = sharing;
        break;
      }
      case "mode":
        mount.mode = number(8);
        break;
      case "uid":
        mount.uid = number(10);
        break;
      case "gid":
        mount.gid = number(10);
        break;
      case "env":
        mount.env = value;
        break;
      default:
        throw fail(withSuggestion(`unexpected key '${key}' in '${field}'`, key, mountKeys));
    }
  }
  checkTogether(mount);
  mount.readOnly = readOnly ?? (mount.type !== "cache" && mount.type !== "tmpfs");
  return mount;
}

/** The rules that need more than one key. */
function checkTogether(mount: Draft): void {
  if (mount.type === "bind" || mount.type === "tmpfs") {
    for (const key of ["mode", "uid", "gid"] as const) {
      if (mount[key] !== undefined) throw fail(`${key} not allowed for ${goQuote(mount.type)} type mounts`);
    }
  }
  if (mount.type === "secret") {
    if (mount.from !== "") throw fail("secret mount should not have a from");
    if (mount.cacheSharing !== "") throw fail("secret mount should not define sharing");
    if (mount.source === "" && mount.target === "" && mount.cacheId === "") {
      throw fail("invalid secret mount. one of source, target required");
    }
    if (mount.source !== "" && mount.cacheId !== "") throw fail("both source and id can't be set");
  }
  if (mount.cacheSharing !== "" && mount.type !== "cache") {
    throw fail(`invalid cache sharing set for ${mount.type} mount`);
  }
}
