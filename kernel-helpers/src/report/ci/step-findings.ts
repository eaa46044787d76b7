/** Findings about steps: what failed, dependencies installed after the whole source, emulated platforms, the largest step. */

import { brief, computed, finding, inferred, recorded, type Scene, share } from "./statement";
import type { CiFinding, CiRow } from "./types";
import { duration } from "./words";

/** Commands that fetch what a project depends on. */
const INSTALL =
  /\b(?:npm (?:ci|i|install)\b|yarn(?: install| --|$)|pnpm (?:i|install)\b|bun install\b|pip3? install\b|poetry install\b|uv (?:sync|pip)\b|pipenv (?:install|sync)\b|bundle install\b|composer install\b|go mod download\b|cargo (?:fetch|build|install)\b|mvnw? |\.?\/?gradlew? |dotnet restore\b|apt-get (?:-\S+ )*install\b|apk (?:--\S+ )*add\b|mix deps\.get\b)/;
/** `COPY . /app`: everything of the context. */
const WHOLE = /^(?:COPY|ADD)\s+(?!(?:--\S+\s+)*--from=)(?:--\S+\s+)*(?:\[\s*")?\.\/?(?:"|\s)/i;

/** The findings of *scene*. */
export function stepFindings(scene: Scene): CiFinding[] {
  return [
    ...failures(scene),
    ...dependencies(scene),
    ...emulation(scene),
    ...legacy(scene),
    ...slowest(scene),
  ];
}

function shown(row: CiRow): string {
  return row.instruction === undefined ? brief(row.name, 70) : `${row.label} ${brief(row.instruction, 60)}`;
}

function failures({ build }: Scene): CiFinding[] {
  const out: CiFinding[] = [];
  const failed = build.rows.find((row) => row.status === "ERROR" && row.phase !== "cache-import");
  const hinted = (kind: string): CiRow | undefined =>
    build.rows.find(({ hints, error }) => hints.some((hint) => hint.kind === kind) && error !== undefined) ??
    build.rows.find(({ hints }) => hints.some((hint) => hint.kind === kind));
  if (failed) {
    const isFormat = failed.hints.some(({ kind }) => kind === "exec-format");
    out.push(
      finding(
        "failed",
        failed.time?.ms ?? 0,
        [
          recorded(
            `실패한 단계: ${shown(failed)}: ${brief(failed.error ?? "", 200)}`,
            `${shown(failed)} failed: ${brief(failed.error ?? "", 200)}`,
          ),
          isFormat &&
            inferred(
              "다른 플랫폼의 프로그램을 실행하려 했는데 에뮬레이션(QEMU)이 준비되지 않았습니다.",
              "a program of another platform was run without emulation (QEMU) being set up",
            ),
        ],
        isFormat
          ? {
              ko: "플랫폼마다 그 기계에서 빌드하거나 QEMU를 먼저 준비하세요(docker/setup-qemu-action).",
              en: "build on a machine of that platform, or set QEMU up first (docker/setup-qemu-action)",
            }
          : {
              ko: "먼저 이 단계의 출력을 보세요. 실패한 빌드의 시간은 최적화할 대상이 아닙니다.",
              en: "read this step's output first; the minutes of a failed build are nothing to optimise",
            },
        [failed.line],
      ),
    );
  }
  const limited = hinted("rate-limit");
  if (limited) {
    out.push(
      finding(
        "rate-limit",
        limited.time?.ms ?? 0,
        [
          recorded(
            `레지스트리가 요청 수를 제한했습니다: ${shown(limited)}`,
            `the registry limited the number of requests: ${shown(limited)}`,
          ),
        ],
        {
          ko: "CI에서 레지스트리에 로그인하거나, 베이스 이미지를 회사의 미러에서 받으세요.",
          en: "log in to the registry in CI, or pull base images through a mirror",
        },
        limited.hints.map(({ line }) => line),
      ),
    );
  }
  const full = hinted("no-space");
  if (full) {
    out.push(
      finding(
        "no-space",
        full.time?.ms ?? 0,
        [recorded(`디스크가 가득 찼습니다: ${shown(full)}`, `the disk was full: ${shown(full)}`)],
        {
          ko: "러너의 디스크를 비우거나(docker builder prune), 이미지와 캐시를 줄이세요.",
          en: "free the runner's disk (docker builder prune), or make image and cache smaller",
        },
        full.hints.map(({ line }) => line),
      ),
    );
  }
  return out;
}

function dependencies({ build, total }: Scene): CiFinding[] {
  const chains = new Map<string, CiRow[]>();
  for (const row of build.rows) {
    if (row.phase !== "steps" || row.step === undefined) continue;
    const key = `${row.platform ?? ""}\u0000${row.stage ?? ""}`;
    const chain = chains.get(key);
    if (chain) chain.push(row);
    else chains.set(key, [row]);
  }
  const found: CiFinding[] = [];
  for (const chain of chains.values()) {
    chain.sort((a, b) => a.step! - b.step!);
    const copy = chain.find(({ instruction }) => WHOLE.test(instruction ?? ""));
    if (!copy || copy.status === "CACHED") continue;
    const installs = chain.filter(
      (row) =>
        row.step! > copy.step! &&
        (row.status === "DONE" || row.status === "ERROR") &&
        /^RUN\s/i.test(row.instruction ?? "") &&
        INSTALL.test((row.instruction ?? "").slice(0, 1500)),
    );
    const install = installs[0];
    if (!install) continue;
    const ms = installs.reduce((sum, { time }) => sum + (time?.ms ?? 0), 0);
    found.push(
      finding(
        "dependencies-after-copy",
        ms,
        [
          recorded(
            `${shown(copy)} 다음에 설치를 실행했습니다: ${shown(install)}${ms > 0 ? ` (${duration(ms).ko}, 전체의 ${share(ms, total)})` : ""}`,
            `${shown(install)} ran after ${shown(copy)}${ms > 0 ? ` (${duration(ms).en}, ${share(ms, total)} of the whole)` : ""}`,
          ),
          inferred(
            "소스 파일 하나만 고쳐도 COPY의 키가 달라지고, 그 뒤의 설치도 다시 실행됩니다.",
            "one changed source file changes the key of the COPY, and the install after it runs again",
          ),
        ],
        {
          ko: "package.json이나 requirements.txt 같은 목록과 잠금 파일만 먼저 COPY하고, 설치한 다음 나머지를 COPY하세요. layerbook optimize가 고친 파일과 증명을 보여 줍니다.",
          en: "copy the manifest and lock file first, install, then copy the rest; layerbook optimize shows the change and its proof",
        },
        [copy.line, install.line],
      ),
    );
  }
  // The same Dockerfile for several platforms is one finding.
  const [largest] = found.sort((a, b) => b.ms - a.ms);
  return largest ? [largest] : [];
}

/** So many times slower is no accident. */
const EMULATED = 3;

function emulation({ build, around, total }: Scene): CiFinding[] {
  const byStep = new Map<string, CiRow[]>();
  for (const row of build.rows) {
    if (
      row.phase !== "steps" ||
      row.platform === undefined ||
      row.time === undefined ||
      row.status === "CACHED"
    )
      continue;
    const key = `${row.stage ?? ""}\u0000${row.instruction ?? ""}`;
    const same = byStep.get(key);
    if (same) same.push(row);
    else byStep.set(key, [row]);
  }
  let lost = 0;
  let worst: { slow: CiRow; fast: CiRow; ratio: number } | undefined;
  for (const rows of byStep.values()) {
    const fast = rows.reduce((a, b) => (b.time!.ms < a.time!.ms ? b : a));
    for (const slow of rows) {
      if (slow.platform === fast.platform || slow.time!.ms < 5000) continue;
      const ratio = slow.time!.ms / Math.max(100, fast.time!.ms);
      if (ratio < EMULATED) continue;
      lost += slow.time!.ms - fast.time!.ms;
      if (!worst || slow.time!.ms - fast.time!.ms > worst.slow.time!.ms - worst.fast.time!.ms)
        worst = { slow, fast, ratio };
    }
  }
  const setup = around.find(({ kind, line }) => kind === "qemu-setup" && line <= build.lines[1]);
  const mismatch = around.find(({ kind }) => kind === "pull-warning");
  const hinted = build.rows.find(({ hints }) => hints.some(({ kind }) => kind === "emulation"));
  const setupStatement = setup && recorded("이 작업은 QEMU를 준비했습니다.", "this job set QEMU up");
  const advice = {
    ko: "플랫폼마다 그 CPU의 러너에서 빌드해 manifest로 합치거나, FROM --platform=$BUILDPLATFORM 스테이지에서 교차 컴파일하세요.",
    en: "build every platform on a runner of its CPU and join them in a manifest, or cross-compile in a stage FROM --platform=$BUILDPLATFORM",
  };
  if (worst) {
    const { slow, fast, ratio } = worst;
    return [
      finding(
        "emulation",
        lost,
        [
          recorded(
            `${brief(slow.instruction ?? slow.name, 60)}: ${slow.platform} ${duration(slow.time!.ms).ko}, ${fast.platform} ${duration(fast.time!.ms).ko}`,
            `${brief(slow.instruction ?? slow.name, 60)}: ${slow.platform} ${duration(slow.time!.ms).en}, ${fast.platform} ${duration(fast.time!.ms).en}`,
          ),
          computed(
            `같은 단계가 ${ratio.toFixed(1)}배 걸렸고, 이런 단계들의 차이를 더하면 ${duration(lost).ko}, 전체의 ${share(lost, total)}입니다.`,
            `the same step took ${ratio.toFixed(1)} times as long; such differences are ${duration(lost).en} together, ${share(lost, total)} of the whole`,
          ),
          setupStatement,
          inferred(
            `이 기계의 CPU와 다른 플랫폼이어서 에뮬레이션으로 실행했습니다: ${slow.platform}`,
            `${slow.platform} is not this machine's CPU: it ran under emulation`,
          ),
        ],
        advice,
        [setup?.line ?? 0, slow.line, fast.line],
      ),
    ];
  }
  const foreign = build.rows.filter(
    (row) =>
      row.phase === "steps" &&
      row.status !== "CACHED" &&
      row.platform !== undefined &&
      !row.platform.includes("->") &&
      !/^linux\/(?:amd64|386)/.test(row.platform),
  );
  const ms = foreign.reduce((sum, { time }) => sum + (time?.ms ?? 0), 0);
  if (!hinted && !mismatch && !(setup && foreign.length > 0 && ms >= 10_000)) return [];
  return [
    finding(
      "emulation",
      hinted?.time?.ms ?? ms,
      [
        setupStatement,
        hinted &&
          recorded(
            `출력에 에뮬레이션의 흔적이 있습니다: ${brief(hinted.hints.find(({ kind }) => kind === "emulation")!.text, 80)}`,
            `the output shows emulation: ${brief(hinted.hints.find(({ kind }) => kind === "emulation")!.text, 80)}`,
          ),
        mismatch &&
          recorded(
            "이미지의 플랫폼이 기계와 다르다는 경고가 있습니다.",
            "there is a warning that an image's platform is not the machine's",
          ),
        foreign.length > 0 &&
          computed(
            `${foreign[0]!.platform} 단계 ${foreign.length}개에 ${duration(ms).ko}를 썼습니다.`,
            `${foreign.length} steps of ${foreign[0]!.platform} took ${duration(ms).en}`,
          ),
        inferred(
          "이 단계들은 에뮬레이션으로 실행되어 느렸을 수 있습니다.",
          "these steps ran under emulation and may be slow because of it",
        ),
      ],
      advice,
      [setup?.line ?? 0, hinted?.line ?? 0, foreign[0]?.line ?? 0],
    ),
  ];
}

function legacy({ build }: Scene): CiFinding[] {
  if (build.format !== "classic") return [];
  return [
    finding(
      "legacy-builder",
      0,
      [
        recorded(
          "BuildKit 이전의 빌더가 빌드했습니다(Step 1/N 형식).",
          "the builder before BuildKit made this build (lines `Step 1/N`)",
        ),
      ],
      {
        ko: "DOCKER_BUILDKIT=1이나 docker buildx build로 바꾸세요. 스테이지를 나란히 실행하고, 외부 캐시와 캐시 마운트를 쓸 수 있습니다.",
        en: "use DOCKER_BUILDKIT=1 or docker buildx build: stages run side by side, external caches and cache mounts become possible",
      },
      [build.lines[0]],
    ),
  ];
}

function slowest({ build, total }: Scene): CiFinding[] {
  const ran = build.rows.filter(
    ({ phase, status, time }) => phase === "steps" && status !== "CACHED" && time,
  );
  const longest = ran.reduce<CiRow | undefined>((a, b) => (a && a.time!.ms >= b.time!.ms ? a : b), undefined);
  if (!longest || longest.time!.ms < 1000) return [];
  const { ms, basis } = longest.time!;
  const text = {
    ko: `가장 오래 걸린 단계: ${shown(longest)} (${duration(ms).ko}, 전체의 ${share(ms, total)})`,
    en: `the longest step: ${shown(longest)} (${duration(ms).en}, ${share(ms, total)} of the whole)`,
  };
  return [
    finding(
      "slowest-step",
      ms,
      [{ basis: basis === "recorded" ? "recorded" : "computed", text }],
      {
        ko: "이 단계의 입력을 줄이고 자주 바뀌는 COPY보다 앞에 두면, 재사용되는 빌드가 늘어납니다.",
        en: "give this step fewer inputs and put it before COPY lines that change often: it will be reused more often",
      },
      [longest.line],
    ),
  ];
}
