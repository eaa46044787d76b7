/** `%%note NAME`: keeps what the learner wrote, beside the cache and out of the build context, so that no build sees it. */

import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

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
    const folder = join(call.session.stateDirectory, "notes");
    mkdirSync(folder, { recursive: true });
    const path = join(folder, `${name}.txt`);
    writeFileSync(`${path}.tmp`, call.body);
    renameSync(`${path}.tmp`, path);
    call.output.stream("stdout", `적어 두었습니다: ${name}\n`);
    return Promise.resolve();
  },
};
