/** HCL, as far as bake files are written in it. */

export { userFunction } from "./call";
export { converted, type HclType, typeName, typeOf } from "./convert";
export { isList, isObject, numberOf, textOf, truth } from "./operations";
export { parseHcl, parseTemplate } from "./parser";
export { type Attribute, type Block, type Expression, HclError, type HclValue, type Scope } from "./types";
