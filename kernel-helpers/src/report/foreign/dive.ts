/** `dive --json FILE IMAGE`: layers with sizes and commands, the score, and the paths that stand in several layers. */

import type { LayerEntry } from "../../build/types";
import type { Waste } from "../waste";
import { foreignLayer, type ForeignImage } from "./types";

type Json = Readonly<Record<string, unknown>>;

/** Reads *json*; undefined when it is no such output. */
export function readDive(json: unknown): ForeignImage | undefined {
  if (typeof json !== "object" || json === null) return undefined;
  const { layer: layers, image } = json as Json;
  if (!Array.isArray(layers) || typeof image !== "object" || image === null) return undefined;
  const facts = image as Json;
  if (typeof facts["efficiencyScore"] !== "number") return undefined;
  const known = layers.filter((one): one is Json => typeof one === "object" && one !== null);
  const lists = known.map((one) => one["fileList"]);
  const hasFiles = lists.length > 0 && lists.every((list) => Array.isArray(list));
  // `inefficientFiles` in old versions.
  const listed = facts["fileReference"] ?? facts["inefficientFiles"];
  const references: unknown[] = Array.isArray(listed) ? listed : [];
  return {
    source: "dive",
    name: "",
    image: {
      config: {},
      configDigest: "",
      manifestDigest: "",
      platform: "",
      history: known.map((one) => ({ created_by: text(one["command"]) })),
      layers: known.map((one) =>
        foreignLayer({
          diffId: text(one["digestId"]) || text(one["id"]),
          uncompressed: number(one["sizeBytes"]),
          ...(hasFiles && { entries: entriesOf(one["fileList"] as readonly unknown[]) }),
        }),
      ),
    },
    files: hasFiles,
    wasted: {
      score: facts["efficiencyScore"],
      bytes: number(facts["inefficientBytes"]),
      paths: references.flatMap((one: unknown) => {
        if (typeof one !== "object" || one === null) return [];
        const { count, sizeBytes, file } = one as Json;
        return [{ path: text(file), count: number(count), bytes: number(sizeBytes) }];
      }),
    },
    unknown: [
      hasFiles
        ? {
            ko: "dive의 파일 목록에는 내용의 다이제스트가 없어, 크기가 같은 파일이 같은 내용인지는 알 수 없습니다.",
            en: "dive's file list has no digests: whether files of one size have the same content is not known",
          }
        : {
            ko: "이 dive JSON에는 층마다의 파일이 없습니다. 낭비로 센 바이트에는 남는 사본도 들어 있어, 실제로 되찾을 크기는 그보다 작습니다.",
            en: "this dive JSON has no files of each layer; the bytes it calls wasted include the copy that stays, so less than that can be saved",
          },
      {
        ko: "설정과, 설정만 바꾼 명령의 이력은 dive JSON에 없습니다.",
        en: "the config, and instructions that only change it, are not in a dive JSON",
      },
    ],
  };
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function number(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}

/** Go's tar type flags, as numbers. */
const TYPES: Readonly<Record<number, LayerEntry["type"]>> = { 49: "hardlink", 50: "symlink", 53: "dir" };

function entriesOf(list: readonly unknown[]): LayerEntry[] {
  return list.flatMap((one): LayerEntry[] => {
    if (typeof one !== "object" || one === null) return [];
    // A node of the tree in some versions, the file itself in others.
    const file = ((one as Json)["FileInfo"] ?? one) as Json;
    const path = text(file["path"]).replace(/^\/+/, "");
    if (path === "") return [];
    const link = text(file["linkName"]);
    return [
      {
        path,
        type: file["isDir"] === true ? "dir" : (TYPES[number(file["typeFlag"])] ?? "file"),
        mode: (number(file["fileMode"]) & 0o777).toString(8),
        uid: number(file["uid"]),
        gid: number(file["gid"]),
        size: number(file["size"]),
        mtime: 0,
        ...(link !== "" && { linkname: link }),
      },
    ];
  });
}

/** dive's own figures as an account of bytes. Which copy of a path stays is not known: *reclaimableBytes* is an estimate. */
export function wasteOfDive({ image, wasted }: ForeignImage): Waste {
  const paths = wasted?.paths ?? [];
  const bytes = image.layers.reduce((sum, { uncompressed }) => sum + Math.max(0, uncompressed), 0);
  // Of n copies one stays; which is larger is not known, so their mean is taken off.
  const saved = paths.map(({ path, count, bytes: all }) => ({
    path,
    kind: "replaced" as const,
    bytes: Math.round(count > 0 ? (all * (count - 1)) / count : 0),
    layers: [],
    hiddenBy: 0,
    fix: {
      ko: "여러 층에 있는 파일입니다. 처음부터 마지막 내용으로 한 번만 쓰거나, 만드는 명령과 지우는 명령을 한 RUN으로 합치세요.",
      en: "this path stands in several layers: write it once with its last content, or make and remove it in one RUN",
    },
  }));
  return {
    score: wasted?.score ?? 1,
    wastedBytes: wasted?.bytes ?? 0,
    wastedPaths: paths,
    totalBytes: bytes,
    baseBytes: 0,
    ownBytes: bytes,
    reclaimableBytes: saved.reduce((sum, one) => sum + one.bytes, 0),
    reclaimable: saved.filter((one) => one.bytes > 0).sort((a, b) => b.bytes - a.bytes),
    layers: [],
    unknownLayers: image.layers.length,
  };
}
