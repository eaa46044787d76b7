/** The library of functions that bake files can call (Docker's "Bake standard library functions"). */

import type { Apply } from "./arguments";
import { COLLECTIONS } from "./collections";
import { ENCODINGS } from "./encodings";
import { NETWORKS } from "./networks";
import { NUMBERS } from "./numbers";
import { STRINGS } from "./strings";
import { TIMES } from "./times";
import { VERSIONS } from "./versions";

/** By name. `try`, `can` and `convert` look at expressions and stand with the calls. */
export const FUNCTIONS: Readonly<Record<string, Apply>> = {
  ...COLLECTIONS,
  ...ENCODINGS,
  ...NETWORKS,
  ...NUMBERS,
  ...STRINGS,
  ...TIMES,
  ...VERSIONS,
};

/** Functions that take any number of arguments from the given one on; all others take as many as they name. */
export const VARIADIC: Readonly<Record<string, number>> = {
  cidrsubnets: 1,
  coalesce: 0,
  coalescelist: 0,
  concat: 0,
  format: 1,
  formatlist: 1,
  join: 1,
  max: 0,
  merge: 0,
  min: 0,
  range: 0,
  setintersection: 1,
  setproduct: 0,
  setsymmetricdifference: 1,
  setunion: 1,
};

/** Functions that bake has and that are not carried out, with the reason. */
export const NOT_HERE: Readonly<Record<string, string>> = {
  byteslen: "nothing that a bake file can write has bytes",
  bytesslice: "nothing that a bake file can write has bytes",
  bcrypt: "its answer is another one each time",
  rsadecrypt: "keys are not read here",
  uuidv4: "its answer is another one each time",
};
