/** What the flags of instructions, the keys of mounts and the directives do, in two languages. */

import type { Bilingual } from "../checks/rule";

const owner: Bilingual = {
  ko: "옮긴 파일의 소유자와 그룹. 이름은 이미지의 `/etc/passwd`에서 찾습니다.",
  en: "Owner and group of the copied files; names are looked up in the image's `/etc/passwd`.",
};
const mode: Bilingual = {
  ko: "옮긴 파일의 권한. 8진수(`755`)나 기호(`u+x`).",
  en: "Mode of the copied files: octal (`755`) or symbols (`u+x`).",
};
const link: Bilingual = {
  ko: "앞의 층에 기대지 않는 층을 만듭니다. 바탕 이미지가 바뀌어도 캐시를 다시 씁니다.",
  en: "Makes a layer that does not rest on those before, so that it stays cached when the base changes.",
};
const exclude: Bilingual = {
  ko: "옮기지 않을 파일의 무늬. 여러 번 적을 수 있습니다.",
  en: "Pattern of files to leave out; may be repeated.",
};

/** By `instruction` and flag, both in lower case. */
export const flagTexts: Readonly<Record<string, Readonly<Record<string, Bilingual>>>> = {
  from: {
    platform: {
      ko: "바탕 이미지의 플랫폼(`linux/arm64`). 보통은 `$BUILDPLATFORM`만 쓸모가 있습니다.",
      en: "Platform of the base image (`linux/arm64`); usually only `$BUILDPLATFORM` is of use.",
    },
  },
  copy: {
    from: {
      ko: "컨텍스트 대신 이 단계나 이미지에서 가져옵니다.",
      en: "Takes the files from this stage or image instead of the context.",
    },
    chown: owner,
    chmod: mode,
    link,
    parents: {
      ko: "원본의 상위 디렉터리까지 그대로 만듭니다.",
      en: "Keeps the parent directories of the sources.",
    },
    exclude,
  },
  add: {
    chown: owner,
    chmod: mode,
    link,
    "keep-git-dir": {
      ko: "git 주소에서 받을 때 `.git` 디렉터리를 남깁니다.",
      en: "Keeps the `.git` directory of a git source.",
    },
    checksum: {
      ko: "내려받은 것의 `sha256:…`. 다르면 빌드가 멈춥니다.",
      en: "The `sha256:…` of what is fetched; the build stops when it differs.",
    },
    unpack: {
      ko: "tar를 풀지 말지 정합니다. 적지 않으면 컨텍스트의 tar만 풉니다.",
      en: "Whether tars are unpacked; without it only those of the context are.",
    },
    exclude,
  },
  run: {
    mount: {
      ko: "이 명령에서만 보이는 마운트: `type=cache`, `secret`, `bind`, `tmpfs`, `ssh`. 이미지에 남지 않습니다.",
      en: "A mount for this command only: `type=cache`, `secret`, `bind`, `tmpfs` or `ssh`. Nothing of it stays in the image.",
    },
    network: {
      ko: "이 명령의 네트워크: `default`, `none`, `host`.",
      en: "Network of this command: `default`, `none` or `host`.",
    },
    security: {
      ko: "`sandbox`(기본) 또는 `insecure`. 뒤엣것은 빌드할 때 허락이 있어야 합니다.",
      en: "`sandbox` (default) or `insecure`, which must be allowed when the build is started.",
    },
    device: { ko: "이 명령이 쓸 장치(CDI 이름).", en: "A device for this command, by its CDI name." },
  },
  healthcheck: {
    interval: { ko: "검사 사이의 시간. 기본 30초.", en: "Time between checks; 30 s by default." },
    timeout: {
      ko: "한 번의 검사가 걸려도 되는 시간. 기본 30초.",
      en: "How long a check may take; 30 s by default.",
    },
    "start-period": {
      ko: "시작한 뒤 실패를 세지 않는 시간. 기본 0초.",
      en: "Time after the start in which failures do not count; 0 s by default.",
    },
    "start-interval": {
      ko: "시작하는 동안의 검사 간격. 기본 5초.",
      en: "Time between checks during the start; 5 s by default.",
    },
    retries: {
      ko: "몇 번 잇달아 실패하면 고장으로 볼지. 기본 3.",
      en: "Failures in a row until it counts as unhealthy; 3 by default.",
    },
  },
};

/** Keys of `RUN --mount`. */
export const mountKeyTexts: Readonly<Record<string, Bilingual>> = {
  type: { ko: "마운트의 종류. 기본 `bind`.", en: "Kind of mount; `bind` by default." },
  target: { ko: "컨테이너 안의 경로.", en: "Path inside the container." },
  source: { ko: "가져올 경로. `from` 안에서 셉니다.", en: "Path inside of `from`." },
  from: { ko: "단계나 이미지. 없으면 빌드 컨텍스트.", en: "Stage or image; the build context without it." },
  id: { ko: "캐시나 비밀의 이름.", en: "Name of the cache or secret." },
  sharing: {
    ko: "캐시를 함께 쓰는 방법: `shared`, `private`, `locked`.",
    en: "How a cache is shared: `shared`, `private` or `locked`.",
  },
  required: { ko: "비밀이나 SSH가 없으면 실패합니다.", en: "Fails when the secret or SSH agent is missing." },
  env: {
    ko: "비밀을 파일 대신 이 환경 변수로 줍니다.",
    en: "Gives the secret as this variable instead of a file.",
  },
  mode: { ko: "파일의 권한(8진수).", en: "Mode of the file, octal." },
  uid: { ko: "소유자의 번호.", en: "Number of the owner." },
  gid: { ko: "그룹의 번호.", en: "Number of the group." },
  size: { ko: "tmpfs의 크기 제한.", en: "Size limit of a tmpfs." },
  readonly: { ko: "읽기만 됩니다.", en: "Cannot be written to." },
  readwrite: { ko: "쓸 수 있지만 쓴 것은 버려집니다.", en: "Can be written to; what is written is dropped." },
};

/** Values of `RUN --mount=type=`. */
export const mountTypeTexts: Readonly<Record<string, Bilingual>> = {
  bind: {
    ko: "컨텍스트나 단계의 파일을 복사하지 않고 보여 줍니다.",
    en: "Shows files of the context or a stage without copying.",
  },
  cache: {
    ko: "빌드 사이에 남는 디렉터리. 패키지 관리자의 캐시에 씁니다.",
    en: "A directory that outlives builds, for package managers.",
  },
  secret: { ko: "이미지에 남지 않는 비밀 파일.", en: "A secret file that does not stay in the image." },
  ssh: { ko: "SSH 에이전트를 빌려 씁니다.", en: "Lends the SSH agent." },
  tmpfs: {
    ko: "명령이 끝나면 사라지는 메모리 디렉터리.",
    en: "A directory in memory, gone after the command.",
  },
};

/** Parser directives. */
export const directiveTexts: Readonly<Record<string, Bilingual>> = {
  syntax: {
    ko: "이 파일을 읽을 Dockerfile 프런트엔드 이미지. 파일의 맨 위에 있어야 합니다.",
    en: "Image of the Dockerfile frontend that reads this file. Must stand at the very top.",
  },
  escape: {
    ko: "줄을 잇고 글자를 지키는 문자. `\\`(기본) 또는 `` ` ``.",
    en: "The character that continues lines and escapes others: `\\` (default) or `` ` ``.",
  },
  check: {
    ko: "빌드 검사의 설정: `skip=규칙,규칙;error=true;experimental=all`.",
    en: "Options of the build checks: `skip=Rule,Rule;error=true;experimental=all`.",
  },
};

/** Variables that BuildKit defines by itself; in a stage they must be declared by `ARG` first. */
export const predefinedTexts: Readonly<Record<string, Bilingual>> = {
  BUILDPLATFORM: { ko: "빌드하는 기계의 플랫폼.", en: "Platform of the machine that builds." },
  BUILDOS: { ko: "빌드하는 기계의 운영 체제.", en: "Operating system of the machine that builds." },
  BUILDARCH: { ko: "빌드하는 기계의 프로세서.", en: "Processor of the machine that builds." },
  BUILDVARIANT: { ko: "빌드하는 기계의 프로세서 변종.", en: "Variant of that processor." },
  TARGETPLATFORM: { ko: "만들 이미지의 플랫폼.", en: "Platform of the image." },
  TARGETOS: { ko: "만들 이미지의 운영 체제.", en: "Operating system of the image." },
  TARGETARCH: { ko: "만들 이미지의 프로세서.", en: "Processor of the image." },
  TARGETVARIANT: { ko: "만들 이미지의 프로세서 변종.", en: "Variant of that processor." },
  TARGETSTAGE: { ko: "만들고 있는 단계의 이름.", en: "Name of the stage that is built." },
};
