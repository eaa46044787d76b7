/** Explanations of the refusals that reading a Dockerfile can end with. */

import type { ErrorEntry } from "./entry";

export const languageErrors: readonly ErrorEntry[] = [
  {
    code: "LB_NO_INSTRUCTIONS",
    ko: [
      "파일에 명령이 하나도 없습니다. 빈 줄과 주석만으로는 이미지를 만들 수 없습니다.",
      "첫 명령으로 `FROM 이미지`를 적으세요.",
    ],
    en: ["The file has no instruction; blank lines and comments make no image.", "Begin with `FROM image`."],
  },
  {
    code: "LB_LINE_TOO_LONG",
    ko: [
      "한 줄은 65,535바이트까지입니다.",
      "줄 끝에 `\\`를 적어 여러 줄로 나누거나, 긴 내용은 파일로 만들어 `COPY`하세요.",
    ],
    en: [
      "A line has 65,535 bytes at most.",
      "Cut it with `\\` at the end of lines, or put the content into a file and `COPY` it.",
    ],
  },
  {
    code: "LB_DIRECTIVE_TWICE",
    match: /only one (\w+) parser directive/,
    ko: [
      "지시어 `# {1}=`는 파일 전체에 걸리므로 한 번만 적을 수 있습니다.",
      "`# {1}=` 줄을 하나만 남기세요.",
    ],
    en: [
      "The directive `# {1}=` holds for the whole file, so it may stand only once.",
      "Keep one of the `# {1}=` lines.",
    ],
  },
  {
    code: "LB_ESCAPE_DIRECTIVE",
    match: /invalid escape token '(.*)' does not/,
    ko: [
      "`# escape=`에는 `\\`와 `` ` `` 가운데 하나만 쓸 수 있는데 `{1}`이(가) 적혀 있습니다.",
      "보통은 이 줄이 필요 없습니다. 지우거나 `# escape=\\`로 적으세요.",
    ],
    en: [
      "`# escape=` takes `\\` or `` ` ``, not `{1}`.",
      "The line is rarely needed: remove it, or write `# escape=\\`.",
    ],
  },
  {
    code: "LB_HEREDOC_UNTERMINATED",
    ko: [
      "히어독(`<<EOF`)은 끝 이름만 있는 줄에서 끝나는데, 파일이 끝날 때까지 그 줄이 없습니다.",
      "마지막에 끝 이름만 적은 줄을 넣으세요. 앞뒤에 빈칸이 있으면 안 되고, 탭 들여쓰기는 `<<-`에서만 됩니다.",
    ],
    en: [
      "A heredoc (`<<EOF`) ends at a line that is just its name; the file ends before one comes.",
      "Add that line, without blanks around it. Only `<<-` allows tabs before it.",
    ],
  },
  {
    code: "LB_HEREDOC_DELIMITER",
    ko: [
      "히어독의 끝 이름에서 따옴표나 `${`가 닫히지 않았습니다.",
      '`<<EOF` 또는 `<<"EOF"`처럼 짝을 맞추세요.',
    ],
    en: ["A quote or `${` in the heredoc's name is not closed.", 'Close it: `<<EOF` or `<<"EOF"`.'],
  },
  {
    code: "LB_HEREDOC_LEXING",
    ko: ["히어독의 끝 이름을 한 낱말로 읽을 수 없습니다.", "`<<EOF`처럼 빈칸 없는 짧은 이름을 쓰세요."],
    en: ["The heredoc's name cannot be read as one word.", "Use a short name without blanks: `<<EOF`."],
  },
  {
    code: "LB_JSON_NOT_STRINGS",
    ko: [
      "`[`로 시작하는 인자는 JSON 배열로 읽히고, 그 안에는 문자열만 올 수 있습니다.",
      '숫자나 참/거짓도 따옴표로 묶으세요: `["sleep", "10"]`.',
    ],
    en: [
      "Arguments that begin with `[` are a JSON array, which may hold strings only.",
      'Put quotes around numbers and booleans, too: `["sleep", "10"]`.',
    ],
  },
  {
    code: "LB_PAIR_WITHOUT_EQUALS",
    match: /can't find = in (".*")\. Must/,
    ko: [
      "첫 낱말에 `=`이 있으면 나머지도 모두 `이름=값`이어야 하는데 {1}에는 `=`이 없습니다.",
      '값에 빈칸이 있으면 따옴표로 묶으세요: `이름="값 하나"`. 확장 `${X:-a b}`의 빈칸도 낱말을 나눕니다.',
    ],
    en: [
      "Once the first word has a `=`, all others must be `name=value`, but {1} has none.",
      'Put quotes around a value with blanks: `name="one value"`. Blanks inside `${X:-a b}` separate words, too.',
    ],
  },
  {
    code: "LB_ENV_TWO_ARGUMENTS",
    ko: ["`ENV`에는 이름과 값이 있어야 합니다.", "`ENV 이름=값`으로 적으세요. 빈 값은 `ENV 이름=`입니다."],
    en: ["`ENV` needs a name and a value.", "Write `ENV name=value`; an empty value is `ENV name=`."],
  },
  {
    code: "LB_LABEL_TWO_ARGUMENTS",
    ko: ["`LABEL`에는 이름과 값이 있어야 합니다.", "`LABEL 이름=값`으로 적으세요."],
    en: ["`LABEL` needs a name and a value.", "Write `LABEL name=value`."],
  },
  {
    code: "LB_NAME_BLANK",
    match: /(\w+) names can not be blank/,
    ko: ["`{1}`에서 `=` 앞의 이름이 비어 있습니다.", "`=` 앞뒤의 빈칸을 지우고 `이름=값`으로 적으세요."],
    en: ["In `{1}` there is no name before the `=`.", "Remove the blanks around `=` and write `name=value`."],
  },
  {
    code: "LB_INSTRUCTION_UNKNOWN",
    match: /unknown instruction: (.*?)(?: \(did you mean .*\?\))?$/,
    ko: [
      "`{1}`(이)라는 명령은 없습니다. 줄의 첫 낱말이 명령이며, 앞 줄 끝에 `\\`가 빠지면 이어질 줄이 명령으로 읽힙니다.",
      "명령의 철자를 고치거나 앞 줄 끝에 `\\`를 적으세요.",
    ],
    en: [
      "There is no instruction `{1}`. The first word of a line is the instruction; without a `\\` at the end of the line before, a continued line is read as one.",
      "Correct the spelling, or end the line before with `\\`.",
    ],
  },
  {
    code: "LB_NO_STAGE_YET",
    ko: [
      "`ARG` 말고는 첫 `FROM`보다 앞에 올 수 없습니다. 아직 바탕이 되는 이미지가 없기 때문입니다.",
      "이 명령을 `FROM` 아래로 옮기거나 위에 `FROM 이미지`를 적으세요.",
    ],
    en: [
      "Only `ARG` may stand before the first `FROM`: there is no image yet to work on.",
      "Move the instruction below `FROM`, or write `FROM image` above it.",
    ],
  },
  {
    code: "LB_ARGUMENTS_NONE",
    match: /(\w+) requires at least one argument/,
    ko: ["`{1}`에는 인자가 하나 이상 있어야 합니다.", "`{1}` 뒤에 값을 적거나 이 줄을 지우세요."],
    en: ["`{1}` needs at least one argument.", "Write one behind `{1}`, or remove the line."],
  },
  {
    code: "LB_ARGUMENTS_NOT_ONE",
    match: /(\w+) requires exactly one argument/,
    ko: ["`{1}`에는 값이 꼭 하나 있어야 합니다.", "`{1}` 뒤에 값을 하나 적으세요."],
    en: ["`{1}` takes exactly one argument.", "Write one value behind `{1}`."],
  },
  {
    code: "LB_FLAG_FORM",
    match: /arg should start with -- : (.*)$/,
    ko: ["옵션은 `--`로 시작해야 하는데 `{1}`(으)로 읽혔습니다.", "`--이름=값`으로 적으세요."],
    en: ["Flags begin with `--`, but this one was read as `{1}`.", "Write `--name=value`."],
  },
  {
    code: "LB_FLAG_UNKNOWN",
    match: /unknown flag: (\S+)/,
    ko: [
      "이 명령에는 `{1}` 옵션이 없습니다. 옵션은 명령마다 다릅니다.",
      "철자를 확인하거나 이 명령이 받는 옵션으로 바꾸세요.",
    ],
    en: [
      "This instruction has no flag `{1}`; every instruction has its own.",
      "Correct the spelling, or use a flag that the instruction takes.",
    ],
  },
  {
    code: "LB_FLAG_TWICE",
    match: /duplicate flag specified: (\S+)/,
    ko: ["`{1}`을(를) 두 번 적었습니다. 어느 값을 쓸지 알 수 없습니다.", "하나만 남기세요."],
    en: ["`{1}` is written twice, so that it is not clear which counts.", "Keep one."],
  },
  {
    code: "LB_FLAG_VALUE_MISSING",
    match: /missing a value on flag: (\S+)/,
    ko: ["`{1}`에는 값이 있어야 합니다. 값은 빈칸이 아니라 `=`로 잇습니다.", "`{1}=값`으로 적으세요."],
    en: ["`{1}` needs a value, joined by `=` and not by a blank.", "Write `{1}=value`."],
  },
  {
    code: "LB_FLAG_NOT_BOOLEAN",
    match: /expecting boolean value for flag (\S+), not: (.*)$/,
    ko: [
      "`{1}`은(는) `true` 또는 `false`만 받는데 `{2}`이(가) 적혀 있습니다. `1`, `0`, `yes`는 되지 않습니다.",
      "`{1}` 또는 `{1}=false`로 적으세요.",
    ],
    en: ["`{1}` takes `true` or `false` only, not `{2}` (nor 1, 0, yes).", "Write `{1}` or `{1}=false`."],
  },
  {
    code: "LB_FROM_ARGUMENTS",
    ko: [
      "`FROM`에는 이미지 하나, 또는 `이미지 AS 이름`만 올 수 있습니다.",
      "빈칸이 든 확장(`${TAG:?두 낱말}`)이나 남는 낱말을 지우세요.",
    ],
    en: [
      "`FROM` takes an image, or `image AS name`.",
      "Remove extra words, and blanks inside an expansion such as `${TAG:?two words}`.",
    ],
  },
  {
    code: "LB_FROM_STAGE_NAME",
    match: /invalid name for build stage: (".*"), name/,
    ko: [
      "단계 이름 {1}은(는) 쓸 수 없습니다. 영문자로 시작하고 영문자, 숫자, `-`, `_`, `.`만 쓸 수 있습니다.",
      "`AS build`처럼 이름을 바꾸세요.",
    ],
    en: [
      "A stage cannot be called {1}: names begin with a letter and have letters, digits, `-`, `_` and `.` only.",
      "Rename it: `AS build`.",
    ],
  },
  {
    code: "LB_COPY_NO_DESTINATION",
    match: /(COPY|ADD) requires at least two arguments/,
    ko: [
      "`{1}`의 마지막 인자는 도착할 곳입니다. 인자가 하나뿐이라 무엇을 어디로 옮길지 알 수 없습니다.",
      "`{1} 원본 도착지`로 적으세요: `{1} package.json ./`.",
    ],
    en: [
      "The last argument of `{1}` is the destination; with one argument it is not clear what goes where.",
      "Write `{1} source destination`: `{1} package.json ./`.",
    ],
  },
  {
    code: "LB_COPY_HEREDOC_DESTINATION",
    ko: [
      "히어독은 파일의 내용이므로 도착지가 될 수 없습니다.",
      "마지막에 도착할 경로를 적으세요: `COPY <<EOF /app/a.txt`.",
    ],
    en: [
      "A heredoc is the content of a file, so it cannot be the destination.",
      "Write the path last: `COPY <<EOF /app/a.txt`.",
    ],
  },
  {
    code: "LB_RUN_NETWORK",
    match: /invalid network mode (".*")$/,
    ko: [
      "`--network`는 `default`, `none`, `host`만 받는데 {1}이(가) 적혀 있습니다.",
      "셋 가운데 하나로 바꾸세요.",
    ],
    en: ["`--network` takes `default`, `none` or `host`, not {1}.", "Use one of these."],
  },
  {
    code: "LB_RUN_SECURITY",
    match: /security (".*") is not valid/,
    ko: [
      "`--security`는 `sandbox`, `insecure`만 받는데 {1}이(가) 적혀 있습니다.",
      "보통은 이 옵션이 필요 없습니다. 지우세요.",
    ],
    en: ["`--security` takes `sandbox` or `insecure`, not {1}.", "The flag is rarely needed: remove it."],
  },
  {
    code: "LB_RUN_DEVICE",
    ko: ["`--device`는 `이름[,required]` 꼴입니다.", "`--device=vendor.com/class=name`으로 적으세요."],
    en: ["`--device` is `name[,required]`.", "Write `--device=vendor.com/class=name`."],
  },
  {
    code: "LB_RUN_MOUNT",
    ko: [
      "`--mount`는 쉼표로 이은 `키=값`이며 종류(`type`)마다 쓸 수 있는 키가 다릅니다.",
      "`type=cache,target=/경로`, `type=secret,id=이름`, `type=bind,source=.,target=/경로` 가운데 맞는 꼴로 적으세요.",
    ],
    en: [
      "`--mount` is `key=value` joined by commas; each `type` has its own keys.",
      "Write `type=cache,target=/path`, `type=secret,id=name` or `type=bind,source=.,target=/path`.",
    ],
  },
  {
    code: "LB_MOUNT_FROM_VARIABLE",
    ko: [
      "`--mount`의 `from`은 단계 그래프를 그릴 때 정해져야 하므로 변수를 쓸 수 없습니다.",
      "첫 `FROM` 앞의 `ARG`로 `FROM $이미지 AS 이름`을 만들고 `from=이름`으로 적으세요.",
    ],
    en: [
      "`from` of a mount must be known when the graph of stages is drawn, so it takes no variables.",
      "Make a stage of it with a global `ARG`: `FROM $IMAGE AS name`, then `from=name`.",
    ],
  },
  {
    code: "LB_NO_ARGUMENTS",
    ko: [
      "`RUN []`에는 실행할 명령이 없습니다.",
      '배열에 프로그램과 인자를 적으세요: `RUN ["npm", "ci"]`. 셸이 읽게 하려면 대괄호 없이 `RUN npm ci`로 적으세요.',
    ],
    en: [
      "`RUN []` has nothing to run.",
      'Name the program and its arguments, `RUN ["npm", "ci"]`, or let the shell read them: `RUN npm ci`.',
    ],
  },
  {
    code: "LB_SHELL_NOT_JSON",
    ko: ["`SHELL`은 JSON 배열만 받습니다.", '`SHELL ["/bin/bash", "-c"]`처럼 적으세요.'],
    en: ["`SHELL` takes a JSON array only.", 'Write `SHELL ["/bin/bash", "-c"]`.'],
  },
  {
    code: "LB_VOLUME_BLANK",
    ko: ["`VOLUME`의 경로가 비어 있습니다.", "`VOLUME /data`처럼 경로를 적으세요."],
    en: ["A path of `VOLUME` is empty.", "Write a path: `VOLUME /data`."],
  },
  {
    code: "LB_ONBUILD_CHAIN",
    ko: [
      "`ONBUILD`는 이 이미지를 바탕으로 한 다음 빌드에서 한 번만 실행되므로 겹쳐 적을 수 없습니다.",
      "`ONBUILD`를 하나만 남기세요.",
    ],
    en: [
      "`ONBUILD` runs once, in the next build on this image, so that it cannot be nested.",
      "Keep one `ONBUILD`.",
    ],
  },
  {
    code: "LB_ONBUILD_TRIGGER",
    match: /(\w+) isn't allowed as an ONBUILD trigger/,
    ko: [
      "`ONBUILD` 뒤에는 단계 안에서 실행할 명령만 올 수 있고 `FROM`과 `MAINTAINER`는 안 됩니다.",
      "다른 명령으로 바꾸거나 이 줄을 지우세요.",
    ],
    en: [
      "Behind `ONBUILD` stands an instruction that runs inside of a stage: not `FROM` or `MAINTAINER`.",
      "Use another instruction, or remove the line.",
    ],
  },
  {
    code: "LB_HEALTHCHECK_NONE",
    ko: ["`HEALTHCHECK NONE`은 상속받은 검사를 끄는 말이며 다른 인자가 없습니다.", "`NONE` 뒤를 지우세요."],
    en: [
      "`HEALTHCHECK NONE` turns an inherited check off and takes nothing else.",
      "Remove what stands behind `NONE`.",
    ],
  },
  {
    code: "LB_HEALTHCHECK_TYPE",
    match: /Unknown type (".*") in HEALTHCHECK/,
    ko: [
      "`HEALTHCHECK` 뒤에는 `CMD` 또는 `NONE`이 와야 하는데 {1}이(가) 적혀 있습니다.",
      "`HEALTHCHECK CMD 명령`으로 적으세요.",
    ],
    en: ["Behind `HEALTHCHECK` stands `CMD` or `NONE`, not {1}.", "Write `HEALTHCHECK CMD command`."],
  },
  {
    code: "LB_HEALTHCHECK_NO_COMMAND",
    ko: [
      "`HEALTHCHECK CMD` 뒤에 실행할 명령이 없습니다.",
      "`HEALTHCHECK CMD curl -f http://localhost/`처럼 명령을 적으세요.",
    ],
    en: [
      "There is no command behind `HEALTHCHECK CMD`.",
      "Write one: `HEALTHCHECK CMD curl -f http://localhost/`.",
    ],
  },
  {
    code: "LB_HEALTHCHECK_DURATION",
    ko: [
      "시간은 숫자와 단위로 적고(`30s`, `1m30s`, `500ms`) 0이거나 1ms 이상이어야 합니다.",
      "단위를 붙이세요: `--interval=30s`.",
    ],
    en: [
      "Times are numbers with units (`30s`, `1m30s`, `500ms`), zero or at least 1ms.",
      "Add the unit: `--interval=30s`.",
    ],
  },
  {
    code: "LB_HEALTHCHECK_RETRIES",
    ko: ["`--retries`는 0 이상의 정수입니다.", "`--retries=3`처럼 적으세요."],
    en: ["`--retries` is a whole number, zero or more.", "Write `--retries=3`."],
  },
  {
    code: "LB_EXPANSION",
    match: /failed to process (".*"): ([\s\S]*)$/,
    ko: [
      "변수를 펼칠 수 없습니다: {1}. 따옴표나 `${`가 닫히지 않았거나, 쓸 수 없는 수식어이거나, `${이름:?}`의 변수가 비어 있습니다.",
      "짝을 맞추고, 글자 `$`가 필요하면 `\\$`로 적으세요. `:?` 변수라면 `--build-arg`로 값을 주세요.",
    ],
    en: [
      "The variables of {1} cannot be expanded: a quote or `${` is not closed, the modifier is unknown, or a variable with `:?` has no value.",
      "Close it; write `\\$` for a dollar sign; give a value with `--build-arg` for `:?`.",
    ],
  },
  {
    code: "LB_REFERENCE_HEX",
    ko: [
      "16진수 64자는 이미지 ID로 읽히므로 이미지 이름으로 쓸 수 없습니다.",
      "이미지에 이름을 붙이거나 `이름@sha256:…`으로 적으세요.",
    ],
    en: [
      "64 hexadecimal digits are an image ID and cannot be a name.",
      "Tag the image, or write `name@sha256:…`.",
    ],
  },
  {
    code: "LB_REFERENCE_CASE",
    ko: [
      "이미지 이름은 모두 소문자여야 합니다. 단계 이름을 대문자로 적어도 이미지 이름으로 읽힙니다.",
      "소문자로 바꾸세요.",
    ],
    en: [
      "Image names are all lower case; a stage's name in upper case is taken for an image, too.",
      "Write it in lower case.",
    ],
  },
  {
    code: "LB_REFERENCE_FORMAT",
    match: /failed to parse stage name (".*?"): invalid reference format/,
    ko: [
      "이미지 이름의 꼴이 아닙니다. `[레지스트리/]이름[:태그][@digest]`로 적습니다.",
      "빈칸, `_`나 `-`로 시작하는 부분, 빈 태그, 따옴표가 없는지 보세요. 변수가 들어 있으면 그 값을 확인하세요.",
    ],
    en: [
      "This is no image name: `[registry/]name[:tag][@digest]`.",
      "Look for blanks, quotes, an empty tag, or a part that begins with `-` or `_`; if it has a variable, check its value.",
    ],
  },
  {
    code: "LB_REFERENCE_LENGTH",
    ko: ["이미지 이름은 255자까지입니다.", "더 짧은 이름을 쓰세요."],
    en: ["An image name has 255 characters at most.", "Use a shorter one."],
  },
  {
    code: "LB_REFERENCE_DIGEST",
    ko: [
      "`@` 뒤의 digest는 `sha256:`과 16진수 64자여야 합니다.",
      "digest를 다시 복사하거나 지우고 태그를 쓰세요.",
    ],
    en: [
      "The digest behind `@` is `sha256:` and 64 hexadecimal digits.",
      "Copy it again, or use a tag instead.",
    ],
  },
];
