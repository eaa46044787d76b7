import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { SolveStatus } from "../../kernel-helpers/src/build/status";
import {
  play,
  PlainDisplay,
  TtyDisplay,
  progressText,
  rawJsonLine,
} from "../../kernel-helpers/src/report/progress";

interface Recorded {
  id: string;
  note: string;
  desc?: boolean;
  close: number;
  events: RecordedEvent[];
  plain: string;
  plainVariants?: string[];
  tty: {
    width: number;
    height: number;
    frameCount: number;
    frames: { at: number; raw: string; rows: string[] }[];
    tail?: string;
  }[];
}
interface RecordedEvent {
  at: number;
  vertexes?: {
    d: string;
    name: string;
    started?: number;
    completed?: number;
    cached?: boolean;
    error?: string;
    group?: string;
    groupName?: string;
    weak?: boolean;
  }[];
  statuses?: {
    d: string;
    id: string;
    current?: number;
    total?: number;
    timestamp: number;
    started?: number;
    completed?: number;
  }[];
  logs?: { d: string; timestamp: number; data: string }[];
  warnings?: { d: string; short: string }[];
}

const file = JSON.parse(readFileSync(join(__dirname, "../vectors/progress.json"), "utf8")) as {
  desc: { plain: string; tty: string };
  cases: Recorded[];
};

function statusOf(event: RecordedEvent): SolveStatus {
  return {
    at: event.at,
    vertexes: event.vertexes?.map(({ d, group, groupName, weak, ...rest }) => ({
      digest: "sha256:" + d,
      ...rest,
      ...(group ? { progressGroup: { id: group, name: groupName, weak } } : {}),
    })),
    statuses: event.statuses?.map(({ d, ...rest }) => ({ vertex: "sha256:" + d, name: rest.id, ...rest })),
    logs: event.logs?.map(({ d, ...rest }) => ({ vertex: "sha256:" + d, stream: 1 as const, ...rest })),
    warnings: event.warnings?.map(({ d, short }) => ({ vertex: "sha256:" + d, level: 1, short })),
  };
}

describe("progress: what BuildKit's own display printed for the same deliveries", () => {
  for (const recorded of file.cases) {
    const events = recorded.events.map(statusOf);
    it(`plain ${recorded.id} ${recorded.note}`, () => {
      const display = new PlainDisplay(recorded.desc ? file.desc.plain : "");
      const text = play(display, events, recorded.close)
        .map((print) => print.text)
        .join("");
      const wanted = recorded.plainVariants ?? [recorded.plain];
      if (!wanted.includes(text)) assert.equal(text, wanted[0]);
    });
    for (const size of recorded.tty) {
      it(`tty ${size.width}x${size.height} ${recorded.id} ${recorded.note}`, () => {
        const display = new TtyDisplay({
          width: size.width,
          height: size.height,
          description: recorded.desc ? file.desc.tty : undefined,
        });
        const prints = play(display, events, recorded.close);
        const tail = size.tail ?? "";
        const last = prints.at(-1);
        assert.ok(last?.text.endsWith(tail));
        const frames = prints.map((print, i) => ({
          at: print.at,
          raw: i === prints.length - 1 ? print.text.slice(0, print.text.length - tail.length) : print.text,
        }));
        assert.equal(frames.length, size.frameCount);
        const picked = size.frames.map(
          (frame) =>
            frames.find((own) => own.at === frame.at && own.raw === frame.raw) ??
            frames.find((own) => own.at === frame.at),
        );
        assert.deepEqual(
          picked,
          size.frames.map(({ at, raw }) => ({ at, raw })),
        );
      });
    }
  }

  it("tty has no room before the first delivery", () => {
    const display = new TtyDisplay({ width: 60, height: 24, description: "docker:default" });
    const texts = [display.refresh(150), display.refresh(300), display.done(300)];
    assert.deepEqual(texts, [
      "\u001b[1A\u001b[1B\u001b[0G\u001b[?25l\n\u001b[?25h",
      "\u001b[1A\u001b[0G\u001b[?25l\n\u001b[?25h",
      "\u001b[1A\u001b[0G\u001b[?25l[+] Building 0.0s (0/0)                      docker:default\n\u001b[?25h",
    ]);
  });

  it("the final tty text has neither cursor movements nor rows of blanks", () => {
    const recorded = file.cases.find((one) => one.id === "h0");
    assert.ok(recorded);
    const text = progressText(recorded.events.map(statusOf), "tty", {
      width: 80,
      height: 24,
      end: recorded.close,
    });
    assert.match(text, /^\[\+\] Building 0\.9s \(9\/9\) FINISHED +docker:default\n/);
    assert.ok(!text.includes("\u001b"));
    assert.match(text, /\n => CACHED \[2\/4\] WORKDIR \/app +0\.0s\n/);
    assert.ok(text.endsWith("0.0s\n"));
  });

  it("rawjson writes Go's field order, base64 and RFC 3339", () => {
    const line = rawJsonLine(
      {
        at: 10,
        vertexes: [{ digest: "sha256:ab", name: "RUN a && b", started: 1.5, completed: 1500, cached: true }],
        statuses: [{ id: "transferring context:", vertex: "sha256:ab", current: 0, timestamp: 20 }],
        logs: [{ vertex: "sha256:ab", stream: 2, data: "안녕\n", timestamp: 30 }],
        warnings: [
          {
            vertex: "sha256:ab",
            level: 1,
            short: "Rule: x (line 1)",
            detail: ["d"],
            url: "https://example.com",
          },
        ],
      },
      1735689600,
    );
    assert.equal(
      line,
      '{"vertexes":[{"digest":"sha256:ab","name":"RUN a \\u0026\\u0026 b","started":"2025-01-01T00:00:00.0015Z","completed":"2025-01-01T00:00:01.5Z","cached":true}],' +
        '"statuses":[{"id":"transferring context:","vertex":"sha256:ab","current":0,"timestamp":"2025-01-01T00:00:00.02Z"}],' +
        '"logs":[{"vertex":"sha256:ab","stream":2,"data":"7JWI64WVCg==","timestamp":"2025-01-01T00:00:00.03Z"}],' +
        '"warnings":[{"vertex":"sha256:ab","level":1,"short":"UnVsZTogeCAobGluZSAxKQ==","detail":["ZA=="],"url":"https://example.com"}]}',
    );
  });
});
