/** `%%note NAME`: keeps what the learner wrote, beside the cache and out of the build context, so that no build sees it. */

import { replaceFile } from "../session/session-host";
import { type Magic, MagicError } from "./types";

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
    return Promise.resolve();
  },
};
