/** `%context [DIR]` and `%reset_lab`: which folder is built, and a fresh start. */

import { type Magic, MagicError } from "./types";

export const contextMagic: Magic = {
  name: "context",
  kind: "line",
  summary: "빌드 컨텍스트 폴더를 고르거나, 지금 폴더를 보여 줍니다.",
  usage: "%context [폴더]",
  async run({ args, session, output }) {
    const [path] = args;
    if (args.length > 1) {
      throw new MagicError(
        "LB_ARGUMENTS",
        `폴더는 하나만 고를 수 있습니다: ${args.join(" ")}. (One folder only.)`,
      );
    }
    if (path !== undefined) {
      await session.setContext(path);
      const { files } = session.host;
      const made = files.kind(session.contextDirectory) === undefined;
      files.makeFolder(session.contextDirectory);
      if (made) output.stream("stdout", `${path}: 새 폴더를 만들었습니다\n`);
    }
    output.stream(
      "stdout",
      `컨텍스트: ${session.host.paths.relative(session.directory, session.contextDirectory) || "."}\n`,
    );
  },
};

/** What a learner has written or reached: no cache, so it stays. */
const KEPT = /^(?:notes|progress\.json.*|predictions\.json)$/;

export const resetMagic: Magic = {
  name: "reset_lab",
  kind: "line",
  summary: "캐시, 이미지, 컨테이너를 비웁니다. 컨텍스트의 파일과 적어 둔 글은 그대로 둡니다.",
  usage: "%reset_lab",
  async run({ session, output }) {
    await session.closeLab();
    const { files, paths } = session.host;
    for (const { name } of files.list(session.stateDirectory))
      if (!KEPT.test(name)) files.remove(paths.join(session.stateDirectory, name));
    output.stream("stdout", "캐시와 이미지와 컨테이너를 비웠습니다. 컨텍스트의 파일은 그대로입니다.\n");
  },
};
