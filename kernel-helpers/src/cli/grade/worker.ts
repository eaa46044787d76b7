/** The process that runs one submitted notebook: started anew for each, ended when it takes too long. */

import { readCourse } from "../../lesson/course";
import type { FromGrader, GradeJob } from "./protocol";
import { runSubmitted } from "./run-notebook";

const say = (message: FromGrader): void => void process.send?.(message);

process.once("message", (job: GradeJob) => {
  runSubmitted(job, readCourse(), say).then(
    () => process.disconnect(),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
      process.exitCode = 1;
      process.disconnect();
    },
  );
});
say({ kind: "ready" });
