/** Entry of the TypeScript process: requests as JSON lines on standard input, replies on standard output. */

import { writeSync } from "node:fs";
import { Collector } from "./collect";
import type { ServiceReply, ServiceRequest } from "./protocol";
import { Service } from "./service";

/** Serves until standard input ends. *service* may have been made ahead, in a start-up snapshot. */
export function serve(service: Service): void {
  let pending = "";
  const collector = new Collector();
  process.stdin.setEncoding("utf8");
  process.stdin.on("data", (chunk: string) => {
    const lines = (pending + chunk).split("\n");
    pending = lines.pop() as string;
    for (const line of lines) reply(answer(service, line));
    collector.answered();
  });
  process.stdin.on("end", () => process.exit(0));
}

function answer(service: Service, line: string): ServiceReply {
  const request = JSON.parse(line) as ServiceRequest & { readonly id: number };
  try {
    return { id: request.id, result: service.answer(request) };
  } catch (error) {
    return {
      id: request.id,
      failure: error instanceof Error ? (error.stack ?? error.message) : String(error),
    };
  }
}

/** Writes all of a line, waiting while the pipe is full. */
function reply(message: ServiceReply): void {
  let bytes = Buffer.from(JSON.stringify(message) + "\n");
  while (bytes.length > 0) {
    try {
      bytes = bytes.subarray(writeSync(1, bytes));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
    }
  }
}

if (require.main === module) serve(new Service(process.argv[2] ?? process.cwd(), process.argv[3] === "full"));
