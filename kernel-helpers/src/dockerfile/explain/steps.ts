/** Explanations of steps that fail while they run. They all have the code `LB_STEP_FAILED`, so that their texts tell them apart. */

import type { ErrorEntry } from "./entry";

export const stepErrors: readonly ErrorEntry[] = [
  {
    code: "LB_RUN_COMMAND_NOT_FOUND",
    match: /^process "([^]*)" did not complete successfully: exit code: 127$/,
    ko: [
      "종료 코드 127: 셸이 명령을 찾지 못했습니다. 철자가 틀렸거나, 바탕 이미지에 그 프로그램이 없습니다.",
      "철자를 확인하고, 필요한 프로그램은 앞의 `RUN`에서 설치하세요. `RUN ['a']`처럼 작은따옴표로 적은 것은 JSON이 아니라 셸 명령입니다.",
    ],
    en: [
      "Exit code 127: the shell did not find the command. It is misspelt, or the base image does not have it.",
      "Check the spelling, and install what is needed in a `RUN` before. Single quotes as in `RUN ['a']` are no JSON but a shell command.",
    ],
  },
  {
    code: "LB_RUN_NOT_EXECUTABLE",
    match: /^process "([^]*)" did not complete successfully: exit code: 126$/,
    ko: [
      "종료 코드 126: 파일은 있지만 실행할 수 없습니다. 실행 권한이 없거나, 첫 줄 `#!`의 프로그램이 없습니다.",
      "`COPY --chmod=755`로 옮기거나 `RUN chmod +x 파일`을 먼저 하세요.",
    ],
    en: [
      "Exit code 126: the file is there but cannot be run. It lacks the permission, or the program in its `#!` line is missing.",
      "Copy it with `COPY --chmod=755`, or `RUN chmod +x file` first.",
    ],
  },
  {
    code: "LB_RUN_USER",
    match: /did not complete successfully: unable to find user (\S+): no matching entries/,
    ko: [
      "`USER {1}`의 사용자가 이미지의 `/etc/passwd`에 없습니다.",
      "앞에서 `RUN adduser`나 `useradd`로 만들거나, 번호(`USER 1000`)로 적으세요.",
    ],
    en: [
      "The user of `USER {1}` is not in the image's `/etc/passwd`.",
      "Create it before with `RUN adduser` or `useradd`, or write a number (`USER 1000`).",
    ],
  },
  {
    code: "LB_RUN_FAILED",
    match: /^process "([^]*)" did not complete successfully: exit code: (\d+)$/,
    ko: [
      "셸 명령의 종료 코드가 {2}입니다. 0이 아니면 실패이므로 빌드가 멈춥니다.",
      "로그에 찍힌 이 명령의 출력에서 까닭을 찾으세요. 이 단계의 앞까지는 캐시에 남아 있습니다.",
    ],
    en: [
      "The command ended with exit code {2}. Anything but 0 is a failure, which stops the build.",
      "Look for the reason in its output above. Everything before this step is in the cache.",
    ],
  },
  {
    code: "LB_RUN_SECRET",
    match: /^secret (\S+): not found$/,
    ko: [
      "`required`인 비밀 `{1}`이(가) 주어지지 않았습니다.",
      "빌드할 때 `--secret id={1},src=파일` 또는 `--secret id={1},env=변수`를 주세요.",
    ],
    en: [
      "The secret `{1}` is required but was not given.",
      "Pass `--secret id={1},src=file` or `--secret id={1},env=VARIABLE` to the build.",
    ],
  },
  {
    code: "LB_GIT_DIR",
    match: /--keep-git-dir cannot be simulated/,
    ko: [
      "`.git` 안의 파일은 git만 만들 수 있고 기계마다 달라서, 흉내 낼 수 없습니다.",
      "`--keep-git-dir`를 빼거나, `assume: true`로 `.git`이 있다고 가정하세요.",
    ],
    en: [
      "Only git itself writes the files of `.git`, other ones on every machine: they cannot be simulated.",
      "Leave `--keep-git-dir` out, or take `.git` to be there with `assume: true`.",
    ],
  },
  {
    code: "LB_GIT_UNREACHABLE",
    match: /failed to fetch remote (\S+): no network in the simulation/,
    ko: [
      "시뮬레이션은 네트워크에 나가지 않으므로 {1}의 내용을 알 수 없습니다.",
      "옵션 `git`으로 저장소의 파일을 주거나, `assume: true`로 가정하고 빌드하세요.",
    ],
    en: [
      "The simulation reaches no network, so that nothing is known of {1}.",
      "Give the repository's files with the option `git`, or build with `assume: true`.",
    ],
  },
  {
    code: "LB_GIT_REF",
    match: /repository does not contain ref (\S+), output: /,
    ko: [
      "저장소에 `{1}`이라는 브랜치나 태그가 없습니다.",
      "이름을 확인하세요. 커밋은 40자리를 모두 적습니다(줄인 번호는 찾지 못합니다).",
    ],
    en: [
      "The repository has no branch or tag `{1}`.",
      "Check the name. A commit needs all its 40 digits: short ones are not found.",
    ],
  },
  {
    code: "LB_GIT_CHECKSUM",
    match: /expected checksum to match (\S+), got (?: or )?(\S+)/,
    ko: [
      "git 주소의 커밋이 적어 둔 값 `{1}`과 다릅니다. 지금은 `{2}`입니다.",
      "브랜치가 옮겨 갔다면 내용을 확인하고 새 커밋을 적으세요.",
    ],
    en: [
      "The git address leads to commit `{2}`, not to `{1}` as was written down.",
      "If the branch moved, look at what changed and write the new commit.",
    ],
  },
  {
    code: "LB_RUN_SSH",
    match: /^no SSH key "(.*)" forwarded from the client$/,
    ko: ["SSH 에이전트가 빌드에 전달되지 않았습니다.", "빌드할 때 `--ssh default`를 주세요."],
    en: ["No SSH agent was forwarded to the build.", "Pass `--ssh default` to the build."],
  },
  {
    code: "LB_ADD_DIGEST",
    match: /^digest mismatch \S+: (\S+)$/,
    ko: [
      "내려받은 내용이 `--checksum`의 값과 다릅니다. 파일이 바뀌었거나 값이 틀렸습니다.",
      "믿을 수 있는 곳에서 값을 다시 확인하세요.",
    ],
    en: [
      "What was downloaded is not what `--checksum` says: the file has changed, or the value is wrong.",
      "Get the value again from a source you trust.",
    ],
  },
  {
    code: "LB_COPY_OWNER",
    match: /invalid (?:user|group) index: ?-1|invalid user index -1/,
    ko: [
      "`--chown`의 이름을 찾을 `/etc/passwd`가 없습니다. `scratch`처럼 빈 이미지에서는 이름을 쓸 수 없습니다.",
      "`--chown=1000:1000`처럼 번호로 적으세요.",
    ],
    en: [
      "There is no `/etc/passwd` in which the name of `--chown` could be looked up, as in an image from `scratch`.",
      "Use numbers: `--chown=1000:1000`.",
    ],
  },
  {
    code: "LB_COPY_ONTO_FILE",
    match: /(?:mkdir )?(\S+): not a directory$|cannot copy to non-directory: (\S+)/,
    ko: [
      "도착지로 가는 길에 디렉터리가 아니라 파일이 있습니다.",
      "도착지를 다른 경로로 바꾸거나, 그 파일을 만드는 앞의 명령을 고치세요.",
    ],
    en: [
      "On the way to the destination there is a file where a directory should be.",
      "Choose another destination, or change the earlier instruction that makes the file.",
    ],
  },
  {
    code: "LB_COPY_ONTO_DIRECTORY",
    match: /cannot replace to directory (\S+) with file/,
    ko: [
      "`{1}`은(는) 이미 디렉터리라서 같은 이름의 파일로 바꿀 수 없습니다.",
      "도착지 끝에 `/`를 붙여 그 안에 넣거나 다른 이름을 쓰세요.",
    ],
    en: [
      "`{1}` is a directory already and cannot become a file of that name.",
      "End the destination with `/` to copy into it, or use another name.",
    ],
  },
];
