/** From the log (or record) to the report. */

import type { Platform } from "../../platform";
import { countBuild } from "./account";
import { isArchive, readBuildRecords } from "./build-record";
import { findingsOf } from "./findings";
import { readLog } from "./read";
import { brief, computed, finding, recorded } from "./statement";
import type { CiBuild, CiFinding, CiReport } from "./types";
import { duration, type Sentences } from "./words";

/** The report of a log's text. Never throws; a text without builds gives none. */
export function ciReport(log: string): CiReport {
  const { builds: raws, lines, times, around } = readLog(log);
  const builds = raws.map((raw, i): CiBuild => {
    const counted = countBuild(raw, times);
    const before = raws[i - 1]?.lastLine ?? 0;
    // What was set up before the first build holds for all that follow.
    const own = around.filter(
      ({ kind, line }) =>
        kind === "qemu-setup" || kind === "new-builder" || (line > before && line <= raw.lastLine),
    );
    return { ...counted, findings: findingsOf(counted, own) };
  });
  return reportOf(builds, lines, times !== undefined);
}

/** The report of a file: a log's text, or a `.dockerbuild` record. Throws RangeError `LB_NO_RECORD` for another archive. */
export function ciReportOfFile(bytes: Uint8Array, platform: Pick<Platform, "gunzip">): CiReport {
  if (!isArchive(bytes)) return ciReport(decode(bytes));
  const builds = readBuildRecords(bytes, platform).map(({ build, facts }): CiBuild => {
    const { frontendAttrs, created, completed, error } = facts;
    if (error !== undefined) build.failed = true;
    build.finished = completed !== undefined;
    const counted = countBuild(build, "date");
    const whole =
      created !== undefined && completed !== undefined && completed >= created
        ? { ...counted, wall: { ms: completed - created, basis: "recorded" as const } }
        : counted;
    const named =
      build.name === undefined && frontendAttrs["filename"] !== undefined
        ? { ...whole, name: frontendAttrs["filename"] }
        : whole;
    return { ...named, findings: findingsOf(named, []) };
  });
  return reportOf(builds, 0, true);
}

/** UTF-8, or UTF-16 as PowerShell redirects it. */
function decode(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  return new TextDecoder().decode(bytes);
}

function reportOf(builds: readonly CiBuild[], lines: number, timed: boolean): CiReport {
  const unknown: Sentences[] = [];
  if (builds.some(({ wall }) => wall === undefined))
    unknown.push({
      ko: "줄마다 시각이 없어서, 기다린 시간과 나란히 실행된 시간은 알 수 없습니다. 시각을 켠 로그(GitHub의 원본 로그, GitLab의 FF_TIMESTAMPS, Jenkins의 timestamps)면 계산합니다.",
      en: "without times on the lines neither waiting nor parallel work can be known; a log with times (GitHub's raw log, GitLab's FF_TIMESTAMPS, Jenkins' timestamps) shows both",
    });
  if (builds.some(({ ran }) => ran > 0))
    unknown.push({
      ko: "어떤 파일 때문에 다시 실행되었는지는 로그에 없습니다. 이전과 지금의 소스를 주면 말합니다: --before DIR --after DIR",
      en: "which file made a step run again is not in a log; give the sources before and after: --before DIR --after DIR",
    });
  if (builds.some(({ format }) => format === "buildx-tty"))
    unknown.push({
      ko: "터미널 화면의 긴 이름은 잘려 있습니다. --progress=plain으로 빌드하면 온전히 남습니다.",
      en: "a terminal cuts long names; --progress=plain keeps them",
    });
  return { builds, findings: repeated(builds), lines, timed, unknown };
}

/** The same step, run by several builds of one log. */
function repeated(builds: readonly CiBuild[]): CiFinding[] {
  const seen = new Map<
    string,
    { count: number; ms: number; longest: number; name: string; lines: number[] }
  >();
  for (const { rows } of builds) {
    for (const row of rows) {
      if (row.phase !== "steps" || row.status !== "DONE" || row.instruction === undefined) continue;
      if ((row.time?.ms ?? 0) < 1000 || !/^RUN\s/i.test(row.instruction)) continue;
      const key = `${row.platform ?? ""} ${row.stage ?? ""} ${row.instruction}`;
      const one = seen.get(key) ?? { count: 0, ms: 0, longest: 0, name: row.instruction, lines: [] };
      seen.set(key, one);
      one.count++;
      one.ms += row.time!.ms;
      one.longest = Math.max(one.longest, row.time!.ms);
      one.lines.push(row.line);
    }
  }
  const again = [...seen.values()].filter(({ count }) => count > 1);
  const lost = again.reduce((sum, { ms, longest }) => sum + ms - longest, 0);
  if (again.length === 0 || lost < 5000) return [];
  const worst = again.reduce((a, b) => (b.ms - b.longest > a.ms - a.longest ? b : a));
  return [
    finding(
      "repeated-steps",
      lost,
      [
        recorded(
          `빌드 ${worst.count}개가 같은 단계를 실행했습니다: ${brief(worst.name, 60)}`,
          `${brief(worst.name, 60)} ran in ${worst.count} builds`,
        ),
        computed(
          `한 번만 실행했다면 ${duration(lost).ko}를 아꼈을 것입니다.`,
          `run once, ${duration(lost).en} would have been saved`,
        ),
      ],
      {
        ko: "여러 이미지를 docker buildx bake로 함께 빌드하거나 같은 빌더를 쓰면, 같은 단계는 한 번만 실행됩니다.",
        en: "build the images together with docker buildx bake, or with one builder: equal steps then run once",
      },
      worst.lines,
    ),
  ];
}
