/** What each instruction does, in two languages: for hovering and for the list of proposals. */

import type { Bilingual } from "../checks/rule";

/** One instruction. */
export interface InstructionText {
  /** How it is written. */
  readonly forms: readonly string[];
  /** One sentence: what it does. */
  readonly summary: Bilingual;
  /** What it adds to the image, and what makes its step miss the cache. */
  readonly layer: Bilingual;
}

const configOnly: Bilingual = {
  ko: "파일 층을 만들지 않고 이미지 설정과 기록만 바꿉니다.",
  en: "Writes no file layer, only the image's config and history.",
};

/** By name in lower case. */
export const instructionTexts: Readonly<Record<string, InstructionText>> = {
  from: {
    forms: ["FROM [--platform=OS/ARCH] 이미지[:태그][@digest] [AS 이름]"],
    summary: {
      ko: "새 단계를 시작하고 바탕이 될 이미지나 앞 단계를 정합니다.",
      en: "Begins a new stage and names the image or earlier stage it is built on.",
    },
    layer: {
      ko: "바탕 이미지의 층을 그대로 씁니다. 이미지의 digest가 바뀌면 뒤의 모든 단계를 다시 만듭니다.",
      en: "Uses the layers of the base as they are. A new digest of the base rebuilds everything after it.",
    },
  },
  run: {
    forms: ["RUN [--mount=…] [--network=…] 명령", 'RUN ["프로그램", "인자"]', "RUN <<EOF"],
    summary: {
      ko: "빌드하는 동안 명령을 실행하고 바뀐 파일을 층으로 남깁니다.",
      en: "Runs a command during the build and keeps the files it changed as a layer.",
    },
    layer: {
      ko: "층을 하나 만듭니다. 명령 글, 앞 단계의 파일, ENV와 ARG 값, USER, WORKDIR, SHELL이 같아야 캐시를 씁니다. 실행 결과는 보지 않습니다.",
      en: "Makes a layer. It is cached while its text, the files before it, ENV and ARG values, USER, WORKDIR and SHELL are the same; what it would do is not looked at.",
    },
  },
  copy: {
    forms: ["COPY [--from=단계] [--chown=…] [--chmod=…] [--link] 원본… 도착지", "COPY <<EOF 파일"],
    summary: {
      ko: "빌드 컨텍스트나 다른 단계의 파일을 이미지로 옮깁니다.",
      en: "Copies files of the build context or of another stage into the image.",
    },
    layer: {
      ko: "층을 하나 만듭니다. 옮기는 파일의 내용, 이름, 권한이 같으면 캐시를 쓰며 수정 시각은 보지 않습니다.",
      en: "Makes a layer. It is cached while content, names and modes of the files are the same; modification times do not count.",
    },
  },
  add: {
    forms: ["ADD [--checksum=…] [--chown=…] [--chmod=…] 원본… 도착지"],
    summary: {
      ko: "`COPY`처럼 파일을 옮기고, 주소에서 내려받거나 tar를 풀 수도 있습니다.",
      en: "Copies files as `COPY` does, and can also download from an address or unpack a tar.",
    },
    layer: {
      ko: "층을 하나 만듭니다. 내려받거나 풀 일이 없으면 `COPY`가 낫습니다.",
      en: "Makes a layer. Where nothing is fetched or unpacked `COPY` is better.",
    },
  },
  workdir: {
    forms: ["WORKDIR /경로"],
    summary: {
      ko: "뒤의 명령과 컨테이너가 쓸 작업 디렉터리를 정하고, 없으면 만듭니다.",
      en: "Sets the working directory for what follows and for the container, and makes it when it is missing.",
    },
    layer: { ko: "디렉터리를 만드는 작은 층이 생깁니다.", en: "Makes a small layer with the directory." },
  },
  env: {
    forms: ["ENV 이름=값 …"],
    summary: {
      ko: "환경 변수를 정합니다. 빌드하는 동안과 컨테이너에서 모두 보입니다.",
      en: "Sets environment variables, for the rest of the build and in the container.",
    },
    layer: {
      ko: "파일 층은 없지만, 값이 바뀌면 뒤의 `RUN`이 모두 캐시를 놓칩니다.",
      en: "No file layer, but a changed value makes every later `RUN` miss the cache.",
    },
  },
  arg: {
    forms: ["ARG 이름[=기본값] …"],
    summary: {
      ko: "`--build-arg`로 받을 변수를 선언합니다. 빌드하는 동안만 보이고 이미지에는 남지 않습니다.",
      en: "Declares a variable that `--build-arg` can set. It exists during the build only, not in the image.",
    },
    layer: {
      ko: "값이 있으면 뒤의 `RUN`의 캐시 열쇠에 들어갑니다. 첫 `FROM` 앞의 `ARG`는 `FROM`만 볼 수 있고, 단계 안에서 쓰려면 다시 선언해야 합니다.",
      en: "A value is part of the cache key of every later `RUN`. Before the first `FROM` it is for `FROM` only and must be declared again inside a stage.",
    },
  },
  label: {
    forms: ["LABEL 이름=값 …"],
    summary: { ko: "이미지에 꼬리표(메타데이터)를 붙입니다.", en: "Attaches metadata to the image." },
    layer: configOnly,
  },
  cmd: {
    forms: ['CMD ["프로그램", "인자"]', "CMD 명령"],
    summary: {
      ko: "컨테이너가 시작할 때 실행할 기본 명령을 정합니다. `docker run 이미지 명령`으로 바꿀 수 있습니다.",
      en: "Sets the default command of a container; `docker run image command` replaces it.",
    },
    layer: configOnly,
  },
  entrypoint: {
    forms: ['ENTRYPOINT ["프로그램", "인자"]', "ENTRYPOINT 명령"],
    summary: {
      ko: "컨테이너가 늘 실행할 프로그램을 정합니다. `CMD`는 그 뒤에 붙는 인자가 됩니다.",
      en: "Sets the program a container always runs; `CMD` becomes its arguments.",
    },
    layer: configOnly,
  },
  expose: {
    forms: ["EXPOSE 포트[/tcp|/udp] …"],
    summary: {
      ko: "컨테이너가 듣는 포트를 알립니다. 실제로 여는 것은 `docker run -p`입니다.",
      en: "Tells which ports the container listens on; `docker run -p` is what opens them.",
    },
    layer: configOnly,
  },
  volume: {
    forms: ['VOLUME ["/경로"]', "VOLUME /경로 …"],
    summary: {
      ko: "컨테이너를 만들 때 이 경로에 이름 없는 볼륨을 붙이게 합니다.",
      en: "Makes every container mount an anonymous volume at these paths.",
    },
    layer: configOnly,
  },
  user: {
    forms: ["USER 이름[:그룹]", "USER UID[:GID]"],
    summary: {
      ko: "뒤의 `RUN`과 컨테이너를 어느 사용자로 실행할지 정합니다.",
      en: "Sets the user for later `RUN`s and for the container.",
    },
    layer: {
      ko: "파일 층은 없지만, 뒤의 `RUN`과 `WORKDIR`의 캐시 열쇠에 들어갑니다.",
      en: "No file layer, but part of the cache key of later `RUN`s and `WORKDIR`s.",
    },
  },
  shell: {
    forms: ['SHELL ["프로그램", "인자"]'],
    summary: {
      ko: "셸 형식의 `RUN`, `CMD`, `ENTRYPOINT`를 실행할 셸을 바꿉니다.",
      en: "Changes the shell that runs the shell form of `RUN`, `CMD` and `ENTRYPOINT`.",
    },
    layer: configOnly,
  },
  stopsignal: {
    forms: ["STOPSIGNAL 신호"],
    summary: {
      ko: "`docker stop`이 컨테이너에 보낼 신호를 정합니다.",
      en: "Sets the signal that `docker stop` sends to the container.",
    },
    layer: configOnly,
  },
  healthcheck: {
    forms: ["HEALTHCHECK [--interval=…] [--timeout=…] [--retries=…] CMD 명령", "HEALTHCHECK NONE"],
    summary: {
      ko: "컨테이너가 제대로 일하는지 되풀이해 확인할 명령을 정합니다.",
      en: "Sets a command that tells again and again whether the container still works.",
    },
    layer: configOnly,
  },
  onbuild: {
    forms: ["ONBUILD 명령"],
    summary: {
      ko: "이 이미지를 `FROM`으로 쓰는 다음 빌드에서 실행할 명령을 맡겨 둡니다.",
      en: "Leaves an instruction for the next build that uses this image in `FROM`.",
    },
    layer: configOnly,
  },
  maintainer: {
    forms: ["MAINTAINER 이름"],
    summary: {
      ko: "만든 사람을 적는 낡은 명령입니다. `LABEL`을 쓰세요.",
      en: "Outdated: names the author. Use `LABEL`.",
    },
    layer: configOnly,
  },
};
