/** `docker image inspect IMAGE`: config, diffIds and the size of the whole, in Docker's own JSON. */

import { foreignLayer, type ForeignImage } from "./types";

interface Inspected {
  readonly Id?: unknown;
  readonly RepoTags?: unknown;
  readonly Created?: unknown;
  readonly Config?: unknown;
  readonly Os?: unknown;
  readonly Architecture?: unknown;
  readonly Variant?: unknown;
  readonly Size?: unknown;
  readonly RootFS?: { readonly Layers?: unknown } | null;
}

/** Reads *json* (one image or a list, of which the first counts); undefined when it is no such output. */
export function readInspect(json: unknown): ForeignImage | undefined {
  const one = (Array.isArray(json) ? json[0] : json) as Inspected | null | undefined;
  if (typeof one !== "object" || one === null || typeof one.RootFS !== "object" || one.RootFS === null)
    return undefined;
  const layers = one.RootFS.Layers ?? [];
  if (!Array.isArray(layers) || (one.Config === undefined && one.Id === undefined)) return undefined;
  const text = (value: unknown): string => (typeof value === "string" ? value : "");
  const size = typeof one.Size === "number" ? one.Size : undefined;
  const tags = Array.isArray(one.RepoTags) ? one.RepoTags.map(text) : [];
  return {
    source: "docker image inspect",
    name: tags[0] ?? "",
    image: {
      config: {
        architecture: text(one.Architecture),
        os: text(one.Os),
        ...(text(one.Variant) !== "" && { variant: text(one.Variant) }),
        ...(typeof one.Config === "object" && one.Config !== null && { config: one.Config }),
        ...(text(one.Created) !== "" && { created: text(one.Created) }),
      },
      configDigest: text(one.Id),
      manifestDigest: "",
      platform: [text(one.Os), text(one.Architecture), text(one.Variant)]
        .filter((part) => part !== "")
        .join("/"),
      history: [],
      layers: layers.map((diffId) => foreignLayer({ diffId: text(diffId) })),
    },
    files: false,
    unknown: [
      {
        ko: `docker image inspect에는 층마다의 크기, 파일, 이력이 없습니다${size === undefined ? "" : ` (모두 ${Math.round(size / 1e5) / 10}MB)`}. docker history --no-trunc --format json을 함께 보세요.`,
        en: `docker image inspect has no size, files or history of each layer${size === undefined ? "" : ` (${Math.round(size / 1e5) / 10}MB in all)`}; see docker history --no-trunc --format json too`,
      },
      {
        ko: "어디까지가 베이스의 층인지도 알 수 없습니다. 베이스 이미지의 inspect와 compare로 비교하면 드러납니다.",
        en: "nor does it say which layers are the base's; layerbook compare with the base's own inspect shows it",
      },
    ],
  };
}
