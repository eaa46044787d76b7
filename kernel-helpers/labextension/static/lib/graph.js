// The graph of a Dockerfile's stages: a box for each stage with its steps, an arrow where one takes from another.
import { svg } from "./dom.js";
import { verdictOf } from "./record.js";

const LINE = 18;
const HEAD = 22;
const WIDTH = 250;
const GAP = 26;

/** Stages in order of first step: name, steps, and the names of the stages it takes from. */
export function stagesOf(record) {
  const stages = new Map();
  for (const step of record.steps) {
    if (!stages.has(step.stage)) stages.set(step.stage, { name: step.stage, steps: [], needs: new Set() });
    const stage = stages.get(step.stage);
    stage.steps.push(step);
    for (const index of step.needs ?? []) {
      const from = record.steps[index]?.stage;
      if (from !== undefined && from !== step.stage) stage.needs.add(from);
    }
  }
  return [...stages.values()];
}

const shorten = (text, length) => (text.length > length ? `${text.slice(0, length - 1)}…` : text);

/** Draws the graph as SVG in the theme's colours; what it shows is also told in words by the list beside it. */
export function drawGraph(record) {
  const stages = stagesOf(record);
  const boxes = new Map();
  let y = 4;
  for (const stage of stages) {
    const height = HEAD + stage.steps.length * LINE + 6;
    boxes.set(stage.name, { y, height });
    y += height + GAP;
  }
  const nodes = stages.map(({ name, steps }) => {
    const { y: top, height } = boxes.get(name);
    return svg(
      "g",
      {},
      svg("rect", { class: "layerbook-stage", x: 4, y: top, width: WIDTH, height, rx: 4 }),
      svg("text", { class: "layerbook-stage-name", x: 14, y: top + 16 }, name || "이름 없는 스테이지"),
      steps.map((step, index) => {
        const { kind, sign, word } = verdictOf(step);
        return svg(
          "text",
          { class: `layerbook-${kind}`, x: 14, y: top + HEAD + 14 + index * LINE },
          svg("title", {}, `${step.name} – ${word}`),
          `${sign} ${shorten(step.name, 32)}`,
        );
      }),
    );
  });
  const arrows = stages.flatMap(({ name, needs }) =>
    [...needs].map((from, index) => {
      const [source, target] = [boxes.get(from), boxes.get(name)];
      const bend = 4 + WIDTH + 12 + index * 8;
      const [start, end] = [source.y + source.height - 12, target.y + 12];
      return svg("path", {
        class: "layerbook-arrow",
        d: `M ${4 + WIDTH} ${start} H ${bend} V ${end} H ${4 + WIDTH + 2}`,
        "marker-end": "url(#layerbook-arrowhead)",
      });
    }),
  );
  const head = svg(
    "marker",
    {
      id: "layerbook-arrowhead",
      viewBox: "0 0 8 8",
      refX: 7,
      refY: 4,
      markerWidth: 7,
      markerHeight: 7,
      orient: "auto",
    },
    svg("path", { d: "M 8 0 L 0 4 L 8 8 z", class: "layerbook-arrowhead" }),
  );
  const width = 4 + WIDTH + (arrows.length > 0 ? 44 : 4);
  const height = Math.max(y - GAP + 4, 20);
  const label = `단계 그래프: ${stages.map(({ name, needs }) => (needs.size ? `${name}은(는) ${[...needs].join(", ")}에서 가져옴` : name)).join("; ")}`;
  return svg(
    "svg",
    {
      class: "layerbook-graph",
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      role: "img",
      "aria-label": label,
    },
    svg("defs", {}, head),
    nodes,
    arrows,
  );
}
