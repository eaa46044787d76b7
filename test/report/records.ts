/** Hand-made build records for the tests of reports: the note's Dockerfile, built first, again, after an edit, and failing. */

import type { BuildRecord, InstructionRow, Miss, Step } from "../../kernel-helpers/src/build/types";
import type { SolveStatus, VertexStatus } from "../../kernel-helpers/src/build/status";

export const SEED = [
  "FROM node",
  "",
  "WORKDIR /app",
  "",
  "COPY . /app",
  "",
  "RUN npm install",
  "",
  "EXPOSE 80",
  "",
  'CMD ["node", "server.js"]',
  "",
].join("\n");

const NAMES = [
  "[1/4] FROM docker.io/library/node:latest",
  "[2/4] WORKDIR /app",
  "[3/4] COPY . /app",
  "[4/4] RUN npm install",
];
const BYTES = [0, 0, 1234, 5_245_190];

const miss = (cause: Miss["cause"], first: boolean, ko: string, en: string): Miss => ({
  cause,
  first,
  parts: [],
  sentence: { ko, en },
});

export const FIRST = miss(
  "own",
  true,
  "이 단계의 기록이 아직 없습니다.",
  "There is no record of such a step yet.",
);
export const OWN = miss(
  "own",
  false,
  "`server.js`의 내용이 바뀌었습니다.",
  "The content of `server.js` changed.",
);
export const KNOCK_ON = miss(
  "knock-on",
  false,
  "앞 단계가 바뀌어 다시 실행했습니다.",
  "An earlier step changed.",
);

export function step(index: number, change: Partial<Step> = {}): Step {
  const name = NAMES[index] ?? "";
  return {
    name,
    status: "DONE",
    digest: `sha256:${String(index).repeat(64)}`,
    stage: "stage-0",
    instruction: /\] (\w+)/.exec(name)?.[1] ?? "",
    cacheKey: `sha256:${"k".repeat(64)}`,
    needs: index === 0 ? [] : [index - 1],
    output: [],
    bytes: BYTES[index] ?? 0,
    duration: 10,
    ...change,
  };
}

export function seedRows(): InstructionRow[] {
  const row = (text: string, line: number, index?: number, layer = false): InstructionRow => ({
    text,
    instruction: text.split(" ")[0] ?? "",
    stage: "stage-0",
    line,
    ...(index === undefined ? {} : { step: index }),
    layer,
    history: !text.startsWith("FROM"),
  });
  return [
    row("FROM node", 1, 0),
    row("WORKDIR /app", 3, 1, true),
    row("COPY . /app", 5, 2, true),
    row("RUN npm install", 7, 3, true),
    row("EXPOSE 80", 9),
    row('CMD ["node", "server.js"]', 11),
  ];
}

function eventsOf(steps: readonly Step[]): SolveStatus[] {
  const vertexes: VertexStatus[] = steps.map((one, i) => ({
    digest: one.digest,
    name: one.name,
    inputs: one.needs.map((need) => steps[need]?.digest ?? ""),
    started: 10 * i,
    completed: 10 * i + (one.status === "CACHED" ? 0 : 8),
    cached: one.status === "CACHED",
    error: one.error,
  }));
  return [
    { at: 1, vertexes: vertexes.map(({ digest, name, inputs }) => ({ digest, name, inputs })) },
    { at: 100, vertexes },
  ];
}

export function seedRecord(steps: readonly Step[], change: Partial<BuildRecord> = {}): BuildRecord {
  return {
    exitCode: 0,
    steps,
    pending: [],
    internal: [],
    transfers: {},
    warnings: [],
    rows: seedRows(),
    image: {
      config: {},
      configDigest: "sha256:1b81e20c0f344e734bf408220d5d833ecdff351914c2e9ac0617a7015d6bcab6",
      manifestDigest: "sha256:" + "m".repeat(64),
      history: [],
      platform: "linux/amd64",
      layers: [
        {
          diffId: "sha256:b",
          digest: "sha256:b",
          size: 400_000_000,
          uncompressed: 1_100_000_000,
          fromBase: true,
        },
        ...[0, 1234, 5_245_190].map((bytes, i) => ({
          diffId: `sha256:${i}`,
          digest: `sha256:${i}`,
          size: bytes,
          uncompressed: bytes,
          fromBase: false,
          entries: [],
        })),
      ],
    },
    events: eventsOf(steps),
    options: {},
    file: "Dockerfile",
    dockerfile: SEED,
    ...change,
  };
}

export const first = (): BuildRecord =>
  seedRecord([step(0), step(1, { miss: FIRST }), step(2, { miss: FIRST }), step(3, { miss: FIRST })]);

export const again = (): BuildRecord =>
  seedRecord([step(0), ...[1, 2, 3].map((i) => step(i, { status: "CACHED" }))]);

export const edited = (): BuildRecord =>
  seedRecord(
    [
      step(0, { status: "CACHED" }),
      step(1, { status: "CACHED" }),
      step(2, { miss: OWN }),
      step(3, { miss: KNOCK_ON }),
    ],
    {
      warnings: [
        {
          rule: "JSONArgsRecommended",
          description:
            "JSON arguments recommended for ENTRYPOINT/CMD to prevent unintended behavior related to OS signals",
          url: "https://docs.docker.com/go/dockerfile/rule/json-args-recommended/",
          detail: "JSON arguments recommended for CMD to prevent unintended behavior related to OS signals",
          lines: [[11, 11]],
          line: 11,
          ko: "CMD와 ENTRYPOINT는 JSON 배열로 적으면 신호가 프로그램에 바로 전해집니다.",
        },
      ],
    },
  );

export const failed = (): BuildRecord => {
  const error = 'process "/bin/sh -c npm install" did not complete successfully: exit code: 1';
  return seedRecord(
    [
      step(0, { status: "CACHED" }),
      step(1, { status: "CACHED" }),
      step(2, { miss: OWN }),
      step(3, { status: "ERROR", error, output: ["npm error"] }),
    ],
    {
      exitCode: 1,
      image: undefined,
      error: {
        code: "LB_RUN_FAILED",
        message: error,
        lines: [[[7, 7]]],
        ko: "RUN의 셸 명령이 0이 아닌 종료 코드로 끝났습니다.",
        frames: [
          "Dockerfile:7",
          "--------------------",
          "   7 | >>> RUN npm install",
          "--------------------",
        ],
      },
    },
  );
};

/** A Dockerfile that tries to be HTML, Markdown and a terminal command. */
export const hostile = (): BuildRecord => {
  const text = 'RUN echo \'<script>alert("1")</script>\' | tee `a|b` \u001b[31m && \\\n    echo "**굵게**"';
  const record = first();
  return {
    ...record,
    rows: record.rows.map((row) => (row.step === 3 ? { ...row, text } : row)),
    steps: record.steps.map((one, i) =>
      i === 3 ? { ...one, name: "[4/4] " + text.replace("\n", " "), assumed: true } : one,
    ),
  };
};
