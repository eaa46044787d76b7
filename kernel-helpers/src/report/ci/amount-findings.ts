/** Findings about amounts: a large context, slow pulls, exports, loads, pushes, a builder that starts slowly, time in which nothing ran. */

import { computed, finding, inferred, recorded, type Scene, share } from "./statement";
import type { CiFinding, CiPhase, CiRow, FindingCode } from "./types";
import { duration, PHASES, type Sentences, size } from "./words";

const HUGE = 50_000_000;

/** The findings of *scene*. */
export function amountFindings(scene: Scene): CiFinding[] {
  return [...contexts(scene), ...SLOW.flatMap((rule) => slow(scene, rule)), ...waiting(scene)];
}

function contexts({ build, total }: Scene): CiFinding[] {
  return build.rows.flatMap((row: CiRow) => {
    if (row.phase !== "context") return [];
    const sent = row.parts.find(
      ({ id }) => /^transferring (?:context|\S+)$/.test(id) && !/dockerfile/.test(id),
    );
    const bytes = Math.max(sent?.current ?? 0, sent?.total ?? 0);
    const ms = row.time?.ms ?? 0;
    if (bytes < HUGE && !(bytes > 1_000_000 && ms >= 10_000 && ms >= total * 0.1)) return [];
    return [
      finding(
        "huge-context",
        ms,
        [
          recorded(
            `빌드 컨텍스트로 ${size(bytes)}를 보냈습니다${ms >= 100 ? ` (${duration(ms).ko})` : ""}.`,
            `${size(bytes)} of build context were sent${ms >= 100 ? ` (${duration(ms).en})` : ""}`,
          ),
          inferred(
            "node_modules, .git, 빌드 결과물처럼 이미지에 필요 없는 것이 들어 있을 수 있습니다.",
            "it may hold what no image needs: node_modules, .git, build results",
          ),
        ],
        {
          ko: ".dockerignore로 빼세요. 무엇이 큰지는 소스에서 du -sh * .[!.]* | sort -h 로 봅니다.",
          en: "leave it out with .dockerignore; du -sh * .[!.]* | sort -h in the source shows what is large",
        },
        [row.line],
      ),
    ];
  });
}

interface SlowRule {
  readonly phase: CiPhase;
  readonly code: FindingCode;
  /** Least time in ms and least share of the whole. */
  readonly least: number;
  readonly share: number;
  readonly advice: Sentences;
}

const SLOW: readonly SlowRule[] = [
  {
    phase: "pull",
    code: "slow-pull",
    least: 10_000,
    share: 0.1,
    advice: {
      ko: "더 작은 베이스(-slim, -alpine)를 쓰거나, 러너 가까운 미러나 캐시된 러너 이미지를 쓰세요.",
      en: "use a smaller base (-slim, -alpine), or a mirror near the runner, or runners that have it already",
    },
  },
  {
    phase: "export",
    code: "slow-export",
    least: 10_000,
    share: 0.1,
    advice: {
      ko: "이미지를 작게 하고(멀티 스테이지), 큰 층을 매번 다시 만들지 않게 하세요. layerbook waste가 되찾을 바이트를 보여 줍니다.",
      en: "make the image smaller (stages) and do not make large layers anew every time; layerbook waste shows what could be saved",
    },
  },
  {
    phase: "load",
    code: "slow-load",
    least: 5_000,
    share: 0.05,
    advice: {
      ko: "이미지를 다음 단계에서 쓰지 않는다면 --load를 빼고 바로 --push 하세요. 꼭 필요하면 docker 드라이버가 옮기는 시간을 없앱니다.",
      en: "without need of the image in the job leave --load out and --push directly; if it is needed, the docker driver saves the transfer",
    },
  },
  {
    phase: "push",
    code: "slow-push",
    least: 10_000,
    share: 0.05,
    advice: {
      ko: "바뀐 층만 올라갑니다. 자주 바뀌는 것을 위쪽의 작은 층에 두고, 레지스트리를 러너와 같은 지역에 두세요.",
      en: "only changed layers are pushed: keep what changes often in small layers on top, and the registry in the runner's region",
    },
  },
  {
    phase: "setup",
    code: "slow-setup",
    least: 5_000,
    share: 0.05,
    advice: {
      ko: "빌더 이미지(moby/buildkit)를 러너에 미리 받아 두거나, 빌더를 남겨 쓰세요.",
      en: "have the builder's image (moby/buildkit) on the runner, or keep the builder",
    },
  },
  {
    phase: "metadata",
    code: "slow-metadata",
    least: 5_000,
    share: 0.05,
    advice: {
      ko: "레지스트리까지의 왕복이 느립니다. # syntax= 줄이 꼭 필요한지 보고, FROM을 다이제스트로 고정하세요.",
      en: "the registry answers slowly: see whether the line # syntax= is needed, and pin FROM by digest",
    },
  },
];

function slow({ build, total }: Scene, { phase, code, least, share: part, advice }: SlowRule): CiFinding[] {
  const time = build.phases.find((one) => one.phase === phase);
  if (!time || time.ms < least || time.ms < total * part) return [];
  const rows = build.rows.filter(
    (row) => row.phase === phase || (phase !== "pull" && row.phase === "export"),
  );
  const pulled = rows
    .filter((row) => row.phase === "pull")
    .flatMap(({ parts }) => parts.filter(({ id }) => id.startsWith("sha256:")))
    .reduce((sum, { total: all = 0, current = 0 }) => sum + Math.max(all, current), 0);
  return [
    finding(
      code,
      time.ms,
      [
        {
          basis: time.basis,
          text: {
            ko: `${PHASES[phase].ko}: ${duration(time.ms).ko}, 전체의 ${share(time.ms, total)}`,
            en: `${PHASES[phase].en}: ${duration(time.ms).en}, ${share(time.ms, total)} of the whole`,
          },
        },
        pulled > 0 && computed(`내려받은 크기 ${size(pulled)}`, `${size(pulled)} were downloaded`),
      ],
      advice,
      rows.map(({ line }) => line),
    ),
  ];
}

function waiting({ build, total }: Scene): CiFinding[] {
  const ms = build.waiting?.ms ?? 0;
  if (ms < 10_000 || ms < total * 0.1) return [];
  return [
    finding(
      "waiting",
      ms,
      [
        computed(
          `아무 단계도 기록되지 않은 시간이 ${duration(ms).ko}, 전체의 ${share(ms, total)}입니다.`,
          `for ${duration(ms).en}, ${share(ms, total)} of the whole, no row of the log was at work`,
        ),
        inferred(
          "빌더가 다른 빌드와 자원을 나누었거나, 클라이언트가 기다렸습니다.",
          "the builder shared its machine with other builds, or the client waited",
        ),
      ],
      {
        ko: "같은 빌더에서 동시에 도는 작업의 수(max-parallelism)와 러너의 크기를 확인하세요.",
        en: "look at how many jobs share the builder (max-parallelism) and at the size of the runner",
      },
    ),
  ];
}
