// What a build's record (application/vnd.layerbook.build+json) says, in the words and signs of the layer table.
export const BUILD_MIME = "application/vnd.layerbook.build+json";

/** Sign and Korean word of each verdict, as in the table under the cell. */
export const VERDICTS = {
  reused: ["●", "재사용"],
  resolved: ["●", "확인"],
  first: ["◆", "처음"],
  ran: ["◆", "실행"],
  cause: ["▲", "원인"],
  "knock-on": ["△", "연쇄"],
  "not-looked-up": ["◇", "찾지 않음"],
  failed: ["✕", "실패"],
  canceled: ["○", "취소"],
  "not-run": ["○", "안 함"],
};

/** The verdict of one step: `{ kind, sign, word }`. */
export function verdictOf(step) {
  const kind = kindOf(step);
  const [sign, word] = VERDICTS[kind];
  return { kind, sign, word };
}

function kindOf({ status, miss, instruction, skipped }) {
  // A failed build prints as cached what it never looked at.
  if (status === "CACHED") return skipped ? "not-run" : "reused";
  if (status === "ERROR") return "failed";
  if (status === "CANCELED") return "canceled";
  if (status !== "DONE") return "not-run";
  if (!miss) return instruction === "FROM" ? "resolved" : "ran";
  if (miss.cause === "not-looked-up") return "not-looked-up";
  if (miss.first) return "first";
  return miss.cause === "own" ? "cause" : "knock-on";
}

/** Why a step ran again, or was reused although something changed; empty when there is nothing to say. */
export function reasonOf({ miss, hit }) {
  return miss?.sentence?.ko ?? hit?.sentence?.ko ?? "";
}

/** Bytes as docker writes them: thousands, at most four digits. */
export function sizeText(bytes) {
  if (typeof bytes !== "number") return "";
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value : Number(value.toPrecision(3))}${units[unit]}`;
}

/** The first characters of a digest, enough to tell digests apart. */
export const shortDigest = (digest = "") => digest.replace(/^(sha256|key):/, "").slice(0, 12);

/** The Dockerfile of a `%%dockerfile` cell: everything below its first line; undefined for another cell. */
export function dockerfileOf(source) {
  const end = source.indexOf("\n");
  return /^%%dockerfile\b/.test(source) && end >= 0 ? source.slice(end + 1) : undefined;
}

/** Whether `record` is the build of exactly this cell's text. */
export function isBuildOf(source, record) {
  const text = dockerfileOf(source);
  return text !== undefined && text.trimEnd() === (record.dockerfile ?? "").trimEnd();
}
