// The layer panel in the right sidebar: the last build's stages, its layers with their files, and the cache keys that builds here have left.
import { element } from "./dom.js";
import { drawGraph } from "./graph.js";
import { reasonOf, shortDigest, sizeText, verdictOf } from "./record.js";

const ICON = "layerbook-icon";
const EMPTY = "%%dockerfile 셀을 실행하면 여기에 단계, 레이어, 캐시가 나옵니다.";

/** Makes the panel. *Widget* is @lumino/widgets' class; *leave* is called when Escape is pressed in it. */
export function makePanel(Widget, leave = () => undefined) {
  const opened = new Set(["graph", "layers", "cache"]);
  // A live region tells only what changes in it: it stays while everything below is drawn anew.
  const told = element("p", { class: "layerbook-summary", role: "status" });
  const body = element("div", {});
  let wanted = { record: undefined, keys: [] };
  let drawn;
  let waiting = false;

  const draw = () => {
    waiting = false;
    // Nobody sees a folded panel: it is drawn when it is opened.
    if (widget.isDisposed || !widget.isVisible || drawn === wanted) return;
    const { record, keys } = (drawn = wanted);
    const { scrollTop } = widget.node;
    const focused = body.contains(document.activeElement)
      ? document.activeElement.closest("details")?.dataset.id
      : undefined;
    const text = record === undefined ? EMPTY : summary(record);
    if (told.textContent !== text) told.textContent = text;
    body.replaceChildren(...(record === undefined ? [] : sections(record, keys, opened)));
    widget.node.scrollTop = scrollTop;
    if (focused !== undefined)
      body.querySelector(`details[data-id="${focused}"] > summary`)?.focus({ preventScroll: true });
  };

  class LayerPanel extends Widget {
    onAfterShow() {
      draw();
    }
    onActivateRequest() {
      this.node.focus();
    }
  }
  const widget = new LayerPanel();
  widget.id = "layerbook-layers";
  widget.title.iconClass = ICON;
  widget.title.caption = "레이어";
  widget.addClass("layerbook-panel");
  const { node } = widget;
  node.lang = "ko";
  node.tabIndex = 0;
  node.setAttribute("role", "region");
  node.setAttribute("aria-label", "레이어 패널");
  node.addEventListener("keydown", (event) => {
    if (event.key === "Escape") leave();
  });
  told.textContent = EMPTY;
  node.append(element("h2", {}, "레이어"), told, body);

  return {
    widget,
    /** Shows a build and the cache keys known so far, after the picture that is due: the cell's own output comes first. */
    show: (record, keys) => {
      const same =
        record === wanted.record &&
        keys.length === wanted.keys.length &&
        keys.every((key, index) => isSame(key, wanted.keys[index]));
      if (same) return;
      wanted = { record, keys };
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => setTimeout(draw));
    },
  };
}

const isSame = (a, b) => Object.keys(a).every((name) => a[name] === b[name]);

function sections(record, keys, opened) {
  return [
    section("graph", "단계", opened, () => [drawGraph(record), stepList(record)]),
    section("layers", "레이어와 파일", opened, () => [layerList(record, opened)]),
    section("cache", `캐시 키 ${keys.length}개`, opened, () => [keyList(keys)]),
  ];
}

/** A part that can be folded; it stays as the learner left it when the next build comes, and is filled when it is opened. */
function section(id, title, opened, fill) {
  const isOpen = opened.has(id);
  let filled = isOpen;
  const toggle = ({ target }) => {
    if (!target.open) return void opened.delete(id);
    opened.add(id);
    if (!filled) target.append(...fill());
    filled = true;
  };
  return element(
    "details",
    { open: isOpen, "data-id": id, ontoggle: toggle },
    element("summary", {}, title),
    ...(isOpen ? fill() : []),
  );
}

function summary(record) {
  const steps = record.steps.filter((step) => step.instruction !== "FROM");
  const hits = steps.filter((step) => step.status === "CACHED").length;
  const failed = record.steps.find((step) => step.status === "ERROR");
  if (failed) return `✕ ${failed.name}에서 멈췄습니다.`;
  if (record.error) return "✕ 빌드를 시작하지 못했습니다.";
  return `단계 ${steps.length}개 가운데 ${hits}개를 재사용했습니다.`;
}

function stepList(record) {
  const items = record.steps.map((step) => {
    const { kind, sign, word } = verdictOf(step);
    const reason = reasonOf(step);
    return element(
      "li",
      {},
      element("span", { class: `layerbook-${kind}` }, `${sign} ${word} `),
      element("code", {}, step.name),
      reason && element("div", { class: "layerbook-reason" }, reason),
    );
  });
  return element("ul", { class: "layerbook-steps" }, items);
}

function layerList(record, opened) {
  const images = record.images ?? (record.image ? [record.image] : []);
  if (images.length === 0) return element("p", {}, "만들어진 이미지가 없습니다.");
  return element(
    "div",
    {},
    images.map((image) => imageLayers(image, record, opened)),
  );
}

function imageLayers(image, record, opened) {
  const steps = new Map(record.steps.filter((step) => step.diffId).map((step) => [step.diffId, step.name]));
  const base = image.layers.filter((layer) => layer.fromBase);
  const own = image.layers.filter((layer) => !layer.fromBase);
  const baseSize = base.reduce((total, layer) => total + (layer.size ?? 0), 0);
  return element(
    "ol",
    { class: "layerbook-layers" },
    base.length > 0 &&
      element(
        "li",
        {},
        `베이스 이미지의 층 ${base.length}개 `,
        element("span", { class: "layerbook-size" }, sizeText(baseSize)),
      ),
    own.map((layer) =>
      element(
        "li",
        {},
        section(
          `layer-${layer.diffId}`,
          [
            element("code", {}, steps.get(layer.diffId) ?? shortDigest(layer.diffId)),
            " ",
            element("span", { class: "layerbook-size" }, sizeText(layer.uncompressed)),
          ],
          opened,
          () => [
            element("div", { class: "layerbook-digest" }, `diffID ${shortDigest(layer.diffId)}`),
            fileTable(layer),
          ],
        ),
      ),
    ),
  );
}

function fileTable(layer) {
  const entries = layer.entries ?? [];
  if (entries.length === 0) return element("p", {}, "파일 목록이 없습니다.");
  const rows = entries.map((entry) => {
    const name = entry.path.split("/").at(-1);
    const removed = name.startsWith(".wh.");
    const what = removed
      ? `− ${entry.path.replace(/\.wh\./, "")}`
      : `+ ${entry.path}${entry.linkname ? ` → ${entry.linkname}` : ""}`;
    return element(
      "tr",
      {},
      element("td", { title: removed ? "지움" : "더하거나 바꿈" }, what),
      element("td", {}, entry.mode),
      element("td", { class: "layerbook-size" }, entry.type === "file" ? sizeText(entry.size) : ""),
    );
  });
  return element(
    "table",
    {},
    element(
      "caption",
      {},
      `파일 ${entries.length + (layer.more ?? 0)}개${layer.more ? ` 가운데 처음 ${entries.length}개` : ""}`,
    ),
    element(
      "thead",
      {},
      element(
        "tr",
        {},
        ["경로", "권한", "크기"].map((text) => element("th", { scope: "col" }, text)),
      ),
    ),
    element("tbody", {}, rows),
  );
}

function keyList(keys) {
  if (keys.length === 0) return element("p", {}, "아직 없습니다.");
  const rows = keys.map(({ name, key, builds, hits, current }) =>
    element(
      "tr",
      { class: current && "layerbook-current" },
      element("td", {}, element("code", {}, name)),
      element("td", {}, element("code", { title: key }, shortDigest(key))),
      element("td", {}, `${hits}/${builds}`),
    ),
  );
  return element(
    "div",
    {},
    element(
      "p",
      {},
      "이 노트북을 연 뒤의 빌드가 남기거나 찾은 키입니다. 되돌린 파일은 옛 키를 다시 맞힙니다.",
    ),
    element(
      "table",
      {},
      element(
        "thead",
        {},
        element(
          "tr",
          {},
          ["단계", "키", "재사용/빌드"].map((text) => element("th", { scope: "col" }, text)),
        ),
      ),
      element("tbody", {}, rows),
    ),
  );
}
