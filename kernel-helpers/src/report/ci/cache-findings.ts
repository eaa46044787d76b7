/** Findings about caches: nothing was imported, the import failed or did not fit, a cache mount was empty, exporting takes long. */

import { brief, computed, finding, inferred, recorded, type Scene, share } from "./statement";
import type { CiFinding, CiRow } from "./types";
import { duration } from "./words";

/** Of steps that ran. */
const timeOf = (rows: readonly CiRow[]): number => rows.reduce((sum, { time }) => sum + (time?.ms ?? 0), 0);

/** The findings of *scene*. */
export function cacheFindings(scene: Scene): CiFinding[] {
  return [...importFindings(scene), ...mountFindings(scene), ...exportFindings(scene)];
}

const ADVICE = {
  import: {
    ko: "빌드에 캐시를 이어 주세요: --cache-from type=gha --cache-to type=gha,mode=max (GitHub Actions), 또는 --cache-from type=registry,ref=이미지:buildcache --cache-to type=registry,ref=이미지:buildcache,mode=max",
    en: "give the build a cache: --cache-from type=gha --cache-to type=gha,mode=max (GitHub Actions), or --cache-from type=registry,ref=IMAGE:buildcache --cache-to type=registry,ref=IMAGE:buildcache,mode=max",
  },
  failed: {
    ko: "캐시 주소와 권한을 확인하고, 기본 브랜치의 빌드가 --cache-to로 같은 주소에 쓰게 하세요. 첫 빌드라면 다음 빌드부터 맞습니다.",
    en: "check the cache's address and permissions, and let the default branch write it with --cache-to; after a first build this is expected once",
  },
  unused: {
    ko: "먼저 맨 앞에서 실행된 단계를 보세요. 베이스 이미지의 태그가 옮겨졌거나(다이제스트로 고정), 앞쪽의 ARG·COPY가 매번 달라지거나, 캐시를 mode=min으로 내보내 중간 스테이지가 빠졌을 수 있습니다.",
    en: "look at the first step that ran: the base image's tag may have moved (pin its digest), an early ARG or COPY may differ every time, or the cache was exported with mode=min, which leaves other stages out",
  },
} as const;

function importFindings({ build, around }: Scene): CiFinding[] {
  const steps = build.rows.filter(({ phase }) => phase === "steps");
  const ran = steps.filter(({ status }) => status === "DONE" || status === "ERROR");
  const imports = build.rows.filter(({ phase }) => phase === "cache-import");
  const failed = imports.filter(({ status }) => status === "ERROR");
  const out: CiFinding[] = [];
  const ranMs = timeOf(ran);
  if (ran.length === 0) return out;
  const stepsRan = computed(
    `단계 ${steps.length}개 가운데 ${build.reused}개를 재사용하고 ${ran.length}개를 실행했습니다 (${duration(ranMs).ko}).`,
    `of ${steps.length} steps ${build.reused} were reused and ${ran.length} ran (${duration(ranMs).en})`,
  );
  if (failed.length > 0 && failed.length === imports.length) {
    out.push(
      finding(
        "cache-import-failed",
        ranMs,
        [
          recorded(
            `캐시를 가져오지 못했습니다: ${brief(failed[0]!.error ?? failed[0]!.name, 160)}`,
            `the cache could not be imported: ${brief(failed[0]!.error ?? failed[0]!.name, 160)}`,
          ),
          stepsRan,
        ],
        ADVICE.failed,
        failed.map(({ line }) => line),
      ),
    );
    return out;
  }
  if (build.reused > 0 || ran.length < 2) return out;
  if (imports.length > 0) {
    out.push(
      finding(
        "cache-import-unused",
        ranMs,
        [
          recorded(
            `캐시를 가져왔습니다: ${brief(imports[0]!.name)}`,
            `a cache was imported: ${brief(imports[0]!.name)}`,
          ),
          stepsRan,
          inferred(
            "가져온 캐시에 이 빌드의 첫 단계와 맞는 기록이 없었습니다.",
            "the imported cache has no record that fits the first step of this build",
          ),
        ],
        ADVICE.unused,
        [imports[0]!.line, ran[0]!.line],
      ),
    );
    return out;
  }
  const boot = build.rows.find(({ phase }) => phase === "setup");
  const made = around.find(({ kind, line }) => kind === "new-builder" && line <= build.lines[1]);
  const isNew = boot !== undefined || made !== undefined;
  out.push(
    finding(
      isNew ? "no-cache-import" : "cold-cache",
      ranMs,
      [
        boot &&
          recorded(
            `빌더를 이 작업에서 새로 띄웠습니다: ${brief(boot.name)}`,
            `the builder was started in this job: ${brief(boot.name)}`,
          ),
        !boot &&
          made &&
          recorded("이 작업에서 새 빌더를 준비했습니다.", "this job set up a builder of its own"),
        build.format !== "classic" &&
          recorded(
            "가져온 캐시가 없습니다(importing cache 줄이 없음).",
            "no cache was imported (there is no line `importing cache`)",
          ),
        stepsRan,
        inferred(
          isNew
            ? "새 빌더의 창고는 비어 있으므로 모든 단계를 실행해야 했습니다."
            : "빌더의 창고가 비어 있었거나, 첫 단계부터 키가 달랐거나, --no-cache로 빌드했습니다.",
          isNew
            ? "a new builder's store is empty, so every step had to run"
            : "the builder's store was empty, or the keys differ from the first step on, or the build was told --no-cache",
        ),
      ],
      ADVICE.import,
      [boot?.line ?? made?.line ?? 0, ran[0]!.line],
    ),
  );
  return out;
}

function mountFindings({ build, around }: Scene): CiFinding[] {
  const boot =
    build.rows.some(({ phase }) => phase === "setup") || around.some(({ kind }) => kind === "new-builder");
  return build.rows.flatMap((row) => {
    if (
      row.phase !== "steps" ||
      row.status === "CACHED" ||
      !/--mount=\S*type=cache/.test(row.instruction ?? "")
    )
      return [];
    const downloads = row.hints.filter(({ kind }) => kind === "download");
    if (downloads.length === 0) return [];
    const ms = row.time?.ms ?? 0;
    return [
      finding(
        "cache-mount-empty",
        ms,
        [
          recorded(
            `${row.label ?? row.name} 단계가 캐시 마운트를 쓰면서도 내려받았습니다: ${brief(downloads[0]!.text, 70)}`,
            `${row.label ?? row.name} has a cache mount and downloaded all the same: ${brief(downloads[0]!.text, 70)}`,
          ),
          inferred(
            boot
              ? "캐시 마운트는 빌더에만 남고 외부 캐시에는 들어가지 않으므로, 새 빌더에서는 비어 있습니다."
              : "캐시 마운트가 비어 있었습니다. 마운트는 빌더에만 남고 외부 캐시에는 들어가지 않습니다.",
            boot
              ? "a cache mount stays in the builder and is no part of an external cache: in a new builder it is empty"
              : "the mount was empty: it stays in the builder and is no part of an external cache",
          ),
        ],
        {
          ko: "빌더를 작업 사이에 남기거나, 마운트 대신 잠금 파일만 먼저 COPY해 설치 단계의 레이어를 mode=max 캐시로 재사용하세요.",
          en: "keep the builder between jobs, or copy the lock file first and reuse the install step's layer through a mode=max cache",
        },
        [row.line, ...downloads.map(({ line }) => line)],
      ),
    ];
  });
}

function exportFindings({ build, total }: Scene): CiFinding[] {
  const rows = build.rows.filter(({ phase }) => phase === "cache-export");
  const ms = build.phases.find(({ phase }) => phase === "cache-export")?.ms ?? 0;
  if (ms < 10_000 || ms < total * 0.1) return [];
  const layers = rows.reduce(
    (sum, { parts }) => sum + parts.filter(({ id }) => /^writing layer/.test(id)).length,
    0,
  );
  return [
    finding(
      "slow-cache-export",
      ms,
      [
        computed(
          `캐시를 내보내는 데 ${duration(ms).ko}, 전체의 ${share(ms, total)}를 썼습니다.`,
          `exporting the cache took ${duration(ms).en}, ${share(ms, total)} of the whole`,
        ),
        layers > 0 && recorded(`캐시에 쓴 층: ${layers}개`, `layers written to the cache: ${layers}`),
      ],
      {
        ko: "기본 브랜치에서만 내보내고, 자주 바뀌는 큰 단계를 줄이거나 mode=min이면 충분한지 재 보세요.",
        en: "export on the default branch only; make large steps that always change smaller, or measure whether mode=min is enough",
      },
      rows.map(({ line }) => line),
    ),
  ];
}
