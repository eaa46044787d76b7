/** The shape of each instruction's arguments (BuildKit parser/line_parsers.go and its dispatch table). */

import {
  cutAtBlank,
  fromByteString,
  goQuote,
  isSpace,
  splitAtBlanks,
  toByteString,
  toLower,
} from "./go-text";
import { parseJsonArray } from "./json-array";
import { Refusal } from "./refusal";
import { splitWords } from "./words";

/** An instruction's arguments. */
export interface Arguments {
  readonly args: readonly string[];
  /** True for the JSON form. */
  readonly json: boolean;
}

const none: Arguments = { args: [], json: false };

type Shape = (rest: string, escape: string) => Arguments;

const json: Shape = (rest) => {
  if (rest === "") return none;
  const items = parseJsonArray(rest);
  return items === undefined ? { args: [rest], json: false } : { args: items, json: true };
};

const jsonOrList: Shape = (rest, escape) => {
  const items = parseJsonArray(rest);
  return items === undefined ? list(rest, escape) : { args: items, json: true };
};

const list: Shape = (rest) => (rest === "" ? none : { args: splitAtBlanks(rest), json: false });

const whole: Shape = (rest) => (rest === "" ? none : { args: [rest], json: false });

const words: Shape = (rest, escape) => ({ args: splitWords(rest, escape), json: false });

/** Triples of name, value and `=`, the last empty in the old form `KEY the rest of the line`. */
const pairs =
  (keyword: string): Shape =>
  (rest, escape) => {
    const found = splitWords(rest, escape);
    if (found.length === 0) return none;
    if (!found[0]!.includes("=")) {
      const [name, value] = cutAtBlank(rest);
      if (value === undefined)
        throw new Refusal(`LB_${keyword}_TWO_ARGUMENTS`, `${keyword} must have two arguments`);
      return { args: [name, value, ""], json: false };
    }
    const args: string[] = [];
    for (const word of found) {
      const equals = word.indexOf("=");
      if (equals < 0) {
        throw new Refusal(
          "LB_PAIR_WITHOUT_EQUALS",
          `Syntax error - can't find = in ${goQuote(word)}. Must be of the form: name=value`,
        );
      }
      args.push(word.slice(0, equals), word.slice(equals + 1), "=");
    }
    return { args, json: false };
  };

/** The type first, then a command. The type ends at the first white space byte, even inside a character. */
const healthcheck: Shape = (rest, escape) => {
  const bytes = toByteString(rest);
  let separator = 0;
  while (separator < bytes.length && !isSpace(bytes.charCodeAt(separator))) separator++;
  if (separator === 0) return none;
  let next = separator;
  while (next < bytes.length && isSpace(bytes.charCodeAt(next))) next++;
  const command = json(fromByteString(bytes.slice(next)), escape);
  return { args: [fromByteString(bytes.slice(0, separator)), ...command.args], json: command.json };
};

const shapes = new Map<string, Shape>([
  ["add", jsonOrList],
  ["arg", words],
  ["cmd", json],
  ["copy", jsonOrList],
  ["entrypoint", json],
  ["env", pairs("ENV")],
  ["expose", list],
  ["from", list],
  ["healthcheck", healthcheck],
  ["label", pairs("LABEL")],
  ["maintainer", whole],
  ["run", json],
  ["shell", json],
  ["stopsignal", whole],
  ["user", whole],
  ["volume", jsonOrList],
  ["workdir", whole],
]);

/** All instruction names, in lower case and in alphabetical order. */
export const instructionNames: readonly string[] = [...shapes.keys(), "onbuild"].sort();

/** Reads *rest*, what stands behind keyword and flags. An unknown instruction has one empty argument. */
export function readArguments(keyword: string, rest: string, escape: string): Arguments {
  const shape = shapes.get(toLower(keyword));
  return shape === undefined ? { args: [""], json: false } : shape(rest, escape);
}
