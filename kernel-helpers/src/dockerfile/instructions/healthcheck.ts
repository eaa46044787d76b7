/** HEALTHCHECK (BuildKit instructions/parse.go parseHealthcheck). */

import type { Health, HealthcheckCommand } from "../command-types";
import { flagSpecs, readFlags, type FlagValues } from "../flags";
import { goQuote, toUpper } from "../go-text";
import { parseDuration, parseInt32 } from "../go-values";
import { Refusal } from "../refusal";
import type { Node } from "../types";
import { atLeastOne, commandBase } from "./request";

const noTimes = { interval: 0, timeout: 0, startPeriod: 0, startInterval: 0, retries: 0 };

export function parseHealthcheck(node: Node): HealthcheckCommand {
  const [written, ...args] = atLeastOne(node, "HEALTHCHECK");
  const type = toUpper(written!);
  return {
    kind: "healthcheck",
    ...commandBase(node),
    health: type === "NONE" ? none(args) : test(node, type, args),
  };
}

/** NONE looks at no flags, so that even unknown ones pass. */
function none(args: readonly string[]): Health {
  if (args.length > 0) throw new Refusal("LB_HEALTHCHECK_NONE", "HEALTHCHECK NONE takes no arguments");
  return { test: ["NONE"], ...noTimes };
}

function test(node: Node, type: string, args: readonly string[]): Health {
  const flags = readFlags(node.flags, flagSpecs.healthcheck);
  if (type !== "CMD") {
    throw new Refusal("LB_HEALTHCHECK_TYPE", `Unknown type ${goQuote(type)} in HEALTHCHECK (try CMD)`);
  }
  if (args.length === 0)
    throw new Refusal("LB_HEALTHCHECK_NO_COMMAND", "Missing command after HEALTHCHECK CMD");
  return {
    test: [node.json ? "CMD" : "CMD-SHELL", ...args],
    interval: duration(flags, "interval"),
    timeout: duration(flags, "timeout"),
    startPeriod: duration(flags, "start-period"),
    startInterval: duration(flags, "start-interval"),
    retries: retries(flags.string("retries")),
  };
}

/** Nanoseconds; 0 stands for the default, and less than a millisecond is refused. */
function duration(flags: FlagValues, name: string): number {
  const text = flags.string(name);
  if (text === "") return 0;
  const value = parseDuration(text);
  if (typeof value !== "number") throw new Refusal("LB_HEALTHCHECK_DURATION", value.error);
  if (value !== 0 && value < 1e6) {
    throw new Refusal("LB_HEALTHCHECK_DURATION", `Interval ${goQuote(name)} cannot be less than 1ms`);
  }
  return value;
}

function retries(text: string): number {
  if (text === "") return 0;
  const value = parseInt32(text);
  if (typeof value !== "number") throw new Refusal("LB_HEALTHCHECK_RETRIES", value.error);
  if (value < 0) throw new Refusal("LB_HEALTHCHECK_RETRIES", `--retries cannot be negative (${value})`);
  return value;
}
