/** The fields of an operation's JSON (see op-json.ts) in words, and their values as one writes them in a Dockerfile. */

/** One sentence in both languages. */
export interface Sentence {
  readonly ko: string;
  readonly en: string;
}

/** By field of the operation; the first that fits. */
export const OPERATION_WORDS: readonly (readonly [RegExp, Sentence])[] = [
  [/^args/, { ko: "실행할 명령이 바뀜", en: "the command changed" }],
  [/^env/, { ko: "환경 변수(ENV, ARG)가 바뀜", en: "an environment variable (ENV, ARG) changed" }],
  [/^cwd$/, { ko: "작업 디렉터리(WORKDIR)가 바뀜", en: "the working directory (WORKDIR) changed" }],
  [/^user$/, { ko: "사용자(USER)가 바뀜", en: "the user (USER) changed" }],
  [/^mounts|^secretenv/, { ko: "마운트(--mount)가 바뀜", en: "a mount (--mount) changed" }],
  [/^extraHosts/, { ko: "추가 호스트(--add-host)가 바뀜", en: "the extra hosts (--add-host) changed" }],
  [/^network/, { ko: "네트워크(--network)가 바뀜", en: "the network (--network) changed" }],
  [/^ulimit/, { ko: "자원 제한(--ulimit)이 바뀜", en: "the limits (--ulimit) changed" }],
  [/^(Arch|OS|Variant)$/, { ko: "플랫폼이 바뀜", en: "the platform changed" }],
  [/\.dest$/, { ko: "복사할 곳이 바뀜", en: "the destination changed" }],
  [/\.src$/, { ko: "복사할 원본의 이름이 바뀜", en: "the name of the source changed" }],
  [/\.(mode|modeStr)$/, { ko: "권한(--chmod)이 바뀜", en: "the permissions (--chmod) changed" }],
  [/\.owner/, { ko: "소유자가 바뀜", en: "the owner changed" }],
  [/\.path$/, { ko: "만들 경로가 바뀜", en: "the path to make changed" }],
  [
    /\.include_patterns/,
    { ko: "골라 옮기는 경로(--parents)가 바뀜", en: "the paths that are selected (--parents) changed" },
  ],
  [/\.required_paths/, { ko: "있어야 하는 경로가 바뀜", en: "the paths that must be there changed" }],
  [
    /\.exclude_patterns/,
    { ko: "빼는 패턴(--exclude)이 바뀜", en: "the patterns left out (--exclude) changed" },
  ],
  [
    /\.attemptUnpack/,
    {
      ko: "묶음을 푸는지(ADD, --unpack)가 바뀜",
      en: "whether archives are unpacked (ADD, --unpack) changed",
    },
  ],
  [
    /\.alwaysReplace/,
    { ko: "이미 있는 것을 덮는 방식(--link)이 바뀜", en: "how existing paths are replaced (--link) changed" },
  ],
  [
    /\.(followSymlink|dirCopyContents|createDestPath|allow\w*Wildcard|makeParents)$/,
    { ko: "복사하는 방식이 바뀜", en: "the way of copying changed" },
  ],
  [/^security$/, { ko: "보안 모드(--security)가 바뀜", en: "the security mode (--security) changed" }],
  [/^cdiDevices/, { ko: "장치(--device)가 바뀜", en: "the devices (--device) changed" }],
  [/^hostname$/, { ko: "호스트 이름이 바뀜", en: "the hostname changed" }],
  [/^indexes/, { ko: "입력의 순서가 바뀜", en: "the order of the inputs changed" }],
  [/^Merge/, { ko: "합치는 결과(--link)의 수가 바뀜", en: "the number of merged results (--link) changed" }],
  [/\.timestamp$/, { ko: "SOURCE_DATE_EPOCH 값이 바뀜", en: "SOURCE_DATE_EPOCH changed" }],
  [/\.data$/, { ko: "인라인 문서의 내용이 바뀜", en: "the inline document changed" }],
  [/^Actions\[\d+\]$/, { ko: "복사할 원본의 목록이 바뀜", en: "the list of sources changed" }],
  [/^$/, { ko: "새 단계", en: "a new step" }],
];

/** *value* of the field *path* for a reader: JSON of the operation becomes what stands in the Dockerfile. */
export function readableValue(path: string, value: string | null | undefined): string | undefined {
  if (value === null || value === undefined || value === "") return undefined;
  if (/\.data$/.test(path)) return decoded(value);
  // Without --chmod and --chown the operation says -1.
  if (/\.mode$/.test(path) && value === "-1") return undefined;
  if (/\.mode$/.test(path) && /^\d+$/.test(value)) return Number(value).toString(8).padStart(4, "0");
  if (!/^[[{]/.test(value)) return value;
  let parsed: unknown;
  try {
    parsed = JSON.parse(value);
  } catch {
    return value;
  }
  if (path.startsWith("mounts")) {
    const mounts = (Array.isArray(parsed) ? parsed : [parsed]) as readonly MountFields[];
    const own = mounts.filter(({ dest }) => dest !== "/").map(mountText);
    return own.length === 0 ? undefined : own.join(" ");
  }
  if (Array.isArray(parsed) && parsed.every((one) => typeof one === "string")) return parsed.join(" ");
  const { src, dest } = parsed as { readonly src?: unknown; readonly dest?: unknown };
  if (/^Actions\[\d+\]$/.test(path) && typeof src === "string" && typeof dest === "string")
    return `${src} ${dest}`;
  return value;
}

/** A mount as op-json.ts writes it: what has its default is not there. */
interface MountFields {
  readonly dest?: string;
  readonly mountType?: number;
  readonly readonly?: boolean;
  readonly cacheOpt?: { readonly ID?: string };
  readonly secretOpt?: { readonly ID?: string };
  readonly SSHOpt?: { readonly ID?: string };
}

const MOUNT_TYPES = ["bind", "secret", "ssh", "cache", "tmpfs"];

function mountText({ dest, mountType = 0, cacheOpt, secretOpt, SSHOpt }: MountFields): string {
  const id = cacheOpt?.ID ?? secretOpt?.ID ?? SSHOpt?.ID;
  const parts = [
    `type=${MOUNT_TYPES[mountType] ?? String(mountType)}`,
    ...(id !== undefined && !id.endsWith(`/${dest ?? ""}`) && id !== dest ? [`id=${id}`] : []),
    ...(dest === undefined ? [] : [`target=${dest}`]),
  ];
  return `--mount=${parts.join(",")}`;
}

function decoded(base64: string): string {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)));
  } catch {
    return base64;
  }
}
