/** Explanations of the refusals that appear when instructions become a graph: stages, sources, platforms, values. */

import type { ErrorEntry } from "./entry";

export const stageErrors: readonly ErrorEntry[] = [
  {
    code: "LB_COPY_FROM_LATER_STAGE",
    match: /cannot copy from stage (".*?"), it needs to be defined before current stage (".*?")/,
    ko: [
      "단계 {1}은(는) 지금 단계 {2}보다 뒤에 있습니다. 단계는 위에서 아래로만 쓸 수 있어 고리가 생기지 않습니다.",
      "{1} 단계를 위로 옮기세요.",
    ],
    en: [
      "Stage {1} comes after stage {2}; a stage can use only those above it, so that no circle can arise.",
      "Move stage {1} up.",
    ],
  },
  {
    code: "LB_MOUNT_FROM_LATER_STAGE",
    match: /cannot mount from stage/,
    ko: ["`--mount=from=`의 단계가 이 명령보다 뒤에 있습니다.", "그 단계를 위로 옮기세요."],
    en: ["The stage of `--mount=from=` comes after this instruction.", "Move that stage up."],
  },
  {
    code: "LB_STAGE_CIRCLE",
    match: /circular dependency detected on stage: (.*)$/,
    ko: [
      "단계 `{1}`이(가) 돌고 돌아 자기 자신을 필요로 합니다. 어느 것도 먼저 만들 수 없습니다.",
      "고리 안의 `COPY --from`이나 `--mount=from` 하나를 없애세요. 함께 쓰는 것은 새 단계로 빼내세요.",
    ],
    en: [
      "Stage `{1}` needs itself in a roundabout way, so that none of them can be built first.",
      "Remove one `COPY --from` or `--mount=from` of the circle; move what is shared into a stage of its own.",
    ],
  },
  {
    code: "LB_STAGE_INDEX",
    match: /invalid stage index (\d+)/,
    ko: [
      "`--from={1}`: 그런 번호의 단계가 없습니다. 번호는 0부터 세며 자기보다 앞의 단계여야 합니다.",
      "번호를 고치거나 단계에 이름을 붙여 이름으로 적으세요.",
    ],
    en: [
      "`--from={1}`: there is no stage of that number. Numbers begin at 0 and count stages above.",
      "Correct the number, or name the stage and use its name.",
    ],
  },
  {
    code: "LB_TARGET_UNKNOWN",
    match: /target stage "(.*?)" could not be found/,
    ko: [
      "`--target`에 적은 단계 `{1}`이(가) 없습니다. 번호가 아니라 `AS` 뒤의 이름을 적어야 합니다.",
      "`FROM … AS 이름`의 이름 가운데 하나를 적으세요.",
    ],
    en: [
      "There is no stage `{1}` for `--target`; it takes the name behind `AS`, not a number.",
      "Use the name of a `FROM … AS name`.",
    ],
  },
  {
    code: "LB_COPY_FROM_VARIABLE",
    match: /variable expansion is not supported for --from/,
    ko: [
      "`--from`은 단계 그래프를 그릴 때 정해져야 하므로 변수를 쓸 수 없습니다.",
      "첫 `FROM` 앞의 `ARG`로 `FROM $이미지 AS 이름`을 만들고 `--from=이름`으로 적으세요.",
    ],
    en: [
      "`--from` must be known when the graph of stages is drawn, so it takes no variables.",
      "Make a stage of it with a global `ARG`: `FROM $IMAGE AS name`, then `--from=name`.",
    ],
  },
  {
    code: "LB_COPY_REMOTE_SOURCE",
    ko: [
      "`COPY`는 컨텍스트나 다른 단계의 파일만 옮깁니다. 주소에서 받는 일은 `ADD`가 합니다.",
      "`ADD 주소 도착지`로 바꾸세요.",
    ],
    en: [
      "`COPY` takes files of the context or of a stage; `ADD` fetches from an address.",
      "Write `ADD address destination`.",
    ],
  },
  {
    code: "LB_COPY_LINK_CHOWN",
    match: /user and group names can't be resolved when used with --link/,
    ko: [
      "`--link`는 바탕 이미지를 보지 않고 층을 만들므로 이름으로 된 소유자를 찾을 수 없습니다.",
      "`--chown=1000:1000`처럼 숫자로 적으세요.",
    ],
    en: [
      "`--link` makes its layer without looking at the base, so that it cannot look an owner's name up.",
      "Use numbers: `--chown=1000:1000`.",
    ],
  },
  {
    code: "LB_ADD_CHECKSUM",
    ko: [
      "`ADD --checksum`은 http(s)나 git 주소 하나에만 쓸 수 있고, 값은 받은 내용과 같아야 합니다.",
      "원본을 하나만 두고 `sha256:`으로 시작하는 올바른 값을 적으세요.",
    ],
    en: [
      "`ADD --checksum` goes with one http(s) or git source, and must be that of what is fetched.",
      "Keep one source and write its `sha256:…`.",
    ],
  },
  {
    code: "LB_ADD_GIT",
    ko: [
      "git 주소와 옵션이 서로 다른 것을 말합니다.",
      "`--keep-git-dir`와 주소의 설정 가운데 하나만 남기세요.",
    ],
    en: [
      "The git address and the flag contradict one another.",
      "Keep either `--keep-git-dir` or the setting in the address.",
    ],
  },
  {
    code: "LB_MOUNT_TARGET",
    match: /invalid mount target (".*")/,
    ko: [
      "`--mount`의 target {1}에는 붙일 수 없습니다. 비어 있거나 `/`이면 이미지 전체를 가립니다.",
      "`target=/경로`를 적으세요.",
    ],
    en: [
      "Nothing can be mounted at {1}: an empty target or `/` would hide the whole image.",
      "Write `target=/path`.",
    ],
  },
  {
    code: "LB_VOLUME_EMPTY",
    match: /VOLUME specified can not be an empty string/,
    ko: ["변수를 펼치고 나니 `VOLUME`의 경로가 비었습니다.", "변수에 값을 주거나 경로를 바로 적으세요."],
    en: ["After expansion a path of `VOLUME` is empty.", "Give the variable a value, or write the path."],
  },
  {
    code: "LB_IGNORE_PATTERN",
    ko: [
      "`.dockerignore`에 읽을 수 없는 무늬가 있습니다. 닫히지 않은 `[`나 줄 끝의 `\\`, 혼자 있는 `!`가 흔한 까닭입니다.",
      "그 줄을 고치거나 지우세요. 글자 `[`는 `\\[`로 적습니다.",
    ],
    en: [
      "`.dockerignore` has a pattern that cannot be read: an open `[`, a `\\` at the end, or a lone `!`.",
      "Correct or remove that line; write `\\[` for the character itself.",
    ],
  },
  {
    code: "LB_IMAGE_NOT_FOUND",
    match: /^(.*?): failed to resolve source metadata/,
    ko: [
      "이미지 `{1}`을(를) 찾을 수 없습니다. 이름이나 태그가 틀렸거나, 있어야 할 단계 이름을 잘못 적었거나, 로그인이 필요합니다.",
      "이름과 태그를 확인하세요. 단계라면 `AS` 뒤의 이름과 똑같이 적으세요.",
    ],
    en: [
      "There is no image `{1}`: the name or tag is wrong, a stage's name is misspelt, or it needs a login.",
      "Check name and tag; for a stage use the name behind `AS`.",
    ],
  },
  {
    code: "LB_FROM_BLANK",
    match: /base name \((.*)\) should not be blank/,
    ko: [
      "`FROM {1}`을(를) 펼치니 이름이 비었습니다. `FROM`은 첫 `FROM` 앞의 `ARG`만 볼 수 있습니다.",
      "첫 `FROM` 위에 `ARG 이름=기본값`을 적거나 `--build-arg`로 값을 주세요.",
    ],
    en: [
      "`FROM {1}` expands to nothing; `FROM` sees only the `ARG`s above the first `FROM`.",
      "Write `ARG name=default` above the first `FROM`, or pass `--build-arg`.",
    ],
  },
  {
    code: "LB_SOURCE_DATE_EPOCH",
    match: /invalid SOURCE_DATE_EPOCH: (.*)$/,
    ko: [
      "`SOURCE_DATE_EPOCH`는 1970년부터 센 초의 수인데 `{1}`이(가) 적혀 있습니다.",
      "`SOURCE_DATE_EPOCH=1704067200`처럼 정수로 적으세요.",
    ],
    en: [
      "`SOURCE_DATE_EPOCH` is a number of seconds since 1970, not `{1}`.",
      "Write a whole number: `SOURCE_DATE_EPOCH=1704067200`.",
    ],
  },
  {
    code: "LB_ENTITLEMENT",
    match: /failed to load LLB: (\S+) is not allowed/,
    ko: [
      "`{1}`은(는) 빌더를 호스트 가까이로 풀어 놓는 권한이라서, 빌드할 때 따로 허락해야 합니다.",
      "꼭 필요하면 `--allow {1}`을 주고, 아니면 그 옵션을 지우세요.",
    ],
    en: [
      "`{1}` gives a build more rights than usual, so that it must be allowed when the build is started.",
      "Pass `--allow {1}` if it is really needed, or remove the flag.",
    ],
  },
  {
    code: "LB_RUN_EMPTY",
    match: /parsing produced an invalid run command/,
    ko: ["`RUN`의 첫 낱말이 비어 있어 실행할 것이 없습니다.", "실행할 명령을 적으세요."],
    en: ["The first word of `RUN` is empty, so there is nothing to run.", "Write the command to run."],
  },
  {
    code: "LB_STOPSIGNAL",
    match: /invalid signal: (.*)$/,
    ko: ["`{1}`(이)라는 신호는 없습니다.", "`SIGTERM`, `SIGINT`, `SIGQUIT` 같은 이름이나 번호를 적으세요."],
    en: ["There is no signal `{1}`.", "Write a name such as `SIGTERM`, `SIGINT` or `SIGQUIT`, or a number."],
  },
  {
    code: "LB_PLATFORM_EMPTY",
    match: /empty platform value from expression (.*)$/,
    ko: [
      "`--platform={1}`을(를) 펼치니 비었습니다.",
      "`$BUILDPLATFORM`이나 `$TARGETPLATFORM`을 쓰거나 옵션을 지우세요.",
    ],
    en: [
      "`--platform={1}` expands to nothing.",
      "Use `$BUILDPLATFORM` or `$TARGETPLATFORM`, or remove the flag.",
    ],
  },
  {
    code: "LB_FROM_PLATFORM",
    match: /failed to parse platform|invalid platform|unknown operating system or architecture|platform/,
    ko: [
      "플랫폼은 `linux/amd64`, `linux/arm64`, `linux/arm/v7`처럼 `os/arch[/variant]`로 적습니다.",
      "값을 그 꼴로 바꾸세요.",
    ],
    en: [
      "A platform is `os/arch[/variant]`: `linux/amd64`, `linux/arm64`, `linux/arm/v7`.",
      "Write it that way.",
    ],
  },
  {
    code: "LB_EXPOSE_PORT",
    match: /invalid (?:port|containerPort|hostPort|proto)[^"]*?:? "?([^":]*)"?/,
    ko: [
      "`EXPOSE`에는 1부터 65535까지의 포트와 `/tcp`, `/udp`, `/sctp`만 쓸 수 있습니다.",
      "`EXPOSE 80/tcp`처럼 적으세요.",
    ],
    en: ["`EXPOSE` takes ports from 1 to 65535 with `/tcp`, `/udp` or `/sctp`.", "Write `EXPOSE 80/tcp`."],
  },
  {
    code: "LB_CHMOD",
    match: /invalid chmod parameter|^.*\binvalid syntax$/,
    ko: ["`--chmod`는 0에서 07777까지의 8진수나 `u+x` 같은 기호입니다.", "`--chmod=755`처럼 적으세요."],
    en: ["`--chmod` is an octal number from 0 to 07777, or symbols such as `u+x`.", "Write `--chmod=755`."],
  },
  {
    code: "LB_BUILD_OPTION",
    match:
      /^(?:failed to parse (?:ulimit|additional hosts|shm size)|invalid netmode|invalid boolean value for multi-platform|conflicting config)/,
    ko: [
      "빌드 옵션의 값이 잘못되었습니다. 옵션은 Dockerfile보다 먼저 읽으므로 아무것도 시작되지 않았습니다.",
      "`--ulimit 이름=값`, `--add-host 이름:IP`, `--shm-size 64m`, `--network none|host`처럼 적으세요.",
    ],
    en: [
      "The value of a build option is wrong. Options are read before the Dockerfile, so that nothing was begun.",
      "Write `--ulimit name=value`, `--add-host name:IP`, `--shm-size 64m`, `--network none|host`.",
    ],
  },
  {
    code: "LB_WINDOWS_PATH",
    match: /No relative path specified in|UNC paths are not supported|not on the system drive/,
    ko: [
      "Windows 이미지의 경로입니다. 시스템 드라이브 `C:`의 경로만 쓸 수 있습니다.",
      "`C:\\app`이나 `/app`처럼 적으세요.",
    ],
    en: [
      "This is a path of a Windows image; only paths on the system drive `C:` can be used.",
      "Write `C:\\app` or `/app`.",
    ],
  },
  {
    code: "LB_CHECK_VIOLATION",
    match: /lint violation found for rules: (.*)$/,
    ko: [
      "`check=error=true`라서 검사에서 나온 경고가 빌드를 멈춥니다: {1}.",
      "경고를 고치거나, 까닭이 있으면 `# check=skip=규칙`을 적으세요.",
    ],
    en: [
      "With `check=error=true` the findings of the checks stop the build: {1}.",
      "Mend them, or write `# check=skip=Rule` where there is a reason.",
    ],
  },
  {
    code: "LB_CHECK_OPTIONS",
    match: /(?:invalid check option|failed to parse check option) (".*?")/,
    ko: [
      "`check=`의 {1}을(를) 읽을 수 없습니다. `skip=규칙,규칙;error=true;experimental=all` 꼴입니다.",
      "그 부분을 고치세요.",
    ],
    en: [
      "{1} of `check=` cannot be read: it is `skip=Rule,Rule;error=true;experimental=all`.",
      "Correct that part.",
    ],
  },
  {
    code: "LB_DOCKERFILE_EMPTY",
    match: /the Dockerfile cannot be empty/,
    ko: ["Dockerfile이 비어 있습니다.", "첫 줄에 `FROM 이미지`를 적으세요."],
    en: ["The Dockerfile is empty.", "Write `FROM image` in its first line."],
  },
  {
    code: "LB_NO_STAGES",
    match: /dockerfile contains no stages to build/,
    ko: ["`ARG`만 있고 `FROM`이 없어 만들 단계가 없습니다.", "`FROM 이미지`를 적으세요."],
    en: ["There are only `ARG`s and no `FROM`, so there is no stage to build.", "Write `FROM image`."],
  },
  {
    code: "LB_DOCKERFILE_MISSING",
    match: /failed to read dockerfile: open (.+): (?:no such file|not a regular file)/,
    ko: ["`{1}` 파일이 없습니다.", "파일을 만들거나 `-f`로 다른 이름을 알려 주세요."],
    en: ["There is no file `{1}`.", "Make one, or name another with `-f`."],
  },
  {
    code: "LB_SOURCE_NOT_FOUND",
    match: /failed to calculate checksum of ref .*?: "(.*?)": not found/,
    ko: [
      "옮길 파일 `{1}`이(가) 없습니다. 경로는 빌드 컨텍스트(또는 `--from` 단계)의 맨 위에서 세며, `.dockerignore`에 걸린 파일은 없는 것과 같습니다.",
      "파일 이름과 대소문자, 컨텍스트 폴더, `.dockerignore`를 확인하세요.",
    ],
    en: [
      "There is no `{1}` to copy. Paths begin at the root of the context (or of the `--from` stage), and what `.dockerignore` excludes is not there.",
      "Check the name and its case, the context folder and `.dockerignore`.",
    ],
  },
  {
    code: "LB_REFUSED",
    ko: ["BuildKit이 이 명령을 받아들이지 않았습니다.", "오류 문장이 가리키는 값과 표시된 줄을 확인하세요."],
    en: [
      "BuildKit does not accept this instruction.",
      "Look at the value that its message names, and at the marked lines.",
    ],
  },
];
