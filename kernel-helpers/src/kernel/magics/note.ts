/** `%%note NAME`: keeps what the learner wrote, beside the cache and out of the build context, so that no build sees it. */

import { learningOf } from "../session/learning";
import { replaceFile } from "../session/session-host";
import { message } from "./lesson-view";
import { type Magic, MagicError } from "./types";

/** What stands in the lessons' cells before anybody wrote there. */
const UNTOUCHED = "여기에 적으세요.";

export const noteMagic: Magic = {
  name: "note",
  kind: "cell",
  summary: "생각을 적어 둡니다. 채점하지 않고, 빌드에도 들어가지 않습니다.",
  usage: "%%note 이름",
  run: (call) => {
    const [name] = call.args;
    if (name === undefined || !/^[\p{L}\p{N}_-]{1,60}$/u.test(name)) {
      throw new MagicError(
        "LB_ARGUMENTS",
        `%%note 뒤에 글자와 숫자로 된 이름을 적어 주세요. 예: %%note 되짚기-L02 (A name of letters and digits.)`,
      );
    }
    const { host, stateDirectory } = call.session;
    replaceFile(host, host.paths.join(stateDirectory, "notes", `${name}.txt`), call.body);
    call.output.stream("stdout", `적어 두었습니다: ${name}\n`);
    // Looking back at an earlier lesson: once something was written, the answer is shown beside it.
    const lesson = /^되짚기-(\w+)$/u.exec(name)?.[1];
    const written = call.body.trim();
    const reminder =
      lesson === undefined || written === "" || written === UNTOUCHED
        ? undefined
        : learningOf(call.session).reminder(lesson);
    if (reminder !== undefined) call.output.display(message("되짚기 풀이.", reminder));
    return Promise.resolve();
  },
};
