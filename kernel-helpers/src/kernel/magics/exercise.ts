/** `%exercise ID` lays out an exercise's files in the context; what was there is moved aside, never deleted. */

import { learningOf } from "../session/learning";
import { message } from "./lesson-view";
import { type Magic, type MagicCall, MagicError } from "./types";

export const exerciseMagic: Magic = {
  name: "exercise",
  kind: "line",
  summary: "문제의 파일을 컨텍스트 폴더에 펼칩니다. 있던 파일은 .layerbook/kept/로 옮깁니다.",
  usage: "%exercise L05-E1",
  run: open,
};

async function open(call: MagicCall): Promise<void> {
  const { session } = call;
  const [id = ""] = call.args;
  const exercise = learningOf(session).exercise(id.toUpperCase());
  if (exercise?.kind !== "build") {
    throw new MagicError(
      "LB_UNKNOWN_EXERCISE",
      `%exercise 뒤에 파일로 푸는 문제의 이름을 적어 주세요. 예: %exercise L05-E1 (Name an exercise that is solved with files.)`,
    );
  }
  const { files, paths } = session.host;
  const context = session.contextDirectory;
  const names = files.list(context).map(({ name }) => name);
  let kept: string | undefined;
  if (names.length > 0) {
    let number = 1;
    const place = (): string => paths.join(session.stateDirectory, "kept", `${exercise.id}-${number}`);
    while (files.kind(place()) !== undefined) number++;
    kept = place();
    files.makeFolder(kept);
    for (const name of names) files.rename(paths.join(context, name), paths.join(kept, name));
  }
  const lab = await session.lab();
  lab.context.apply(exercise.start);
  const folder = paths.relative(session.directory, context) || ".";
  call.output.display(
    message(
      `\`${folder}/\`에 ${exercise.id}의 파일을 펼쳤습니다.`,
      `\`${folder}/Dockerfile\`을 열어 고치거나 \`%%dockerfile\` 셀에 적어 실행한 다음, 아래 셀로 확인하세요.${kept === undefined ? "" : ` 있던 파일은 \`${paths.relative(session.directory, kept)}/\`에 두었습니다.`}`,
    ),
  );
  const written = Object.keys(exercise.start.write ?? {}).sort();
  call.output.stream("stdout", `${written.join("  ")}\n`);
  const dockerfile = exercise.start.write?.["Dockerfile"];
  const text = typeof dockerfile === "string" ? dockerfile : dockerfile?.text;
  if (text !== undefined)
    call.output.stream("stdout", `\nDockerfile:\n${text.replace(/^/gm, "  ").trimEnd()}\n`);
}
