/** `layerbook lesson new`: a lesson to start from, which the linter accepts and which runs. */

/** What a new lesson is called. */
export interface NewLesson {
  /** `L17`. */
  readonly id: string;
  readonly title: string;
  /** An earlier lesson to look back at; absent for the first. */
  readonly after?: string;
}

/** The Markdown of content/lessons/NN-slug.md. */
export function newLessonText({ id, title, after }: NewLesson): string {
  const retrieval =
    after === undefined
      ? ""
      : `<!-- cell: retrieval retrieval -->
## 되짚기

${after}에서 배운 것을 묻는 물음 하나를 적으세요.

\`\`\`{cell} retrieval-answer retrieval
%%note 되짚기-${id}
여기에 적으세요.
\`\`\`

:::solution
<!-- cell: reminder -->
**되짚기 풀이** 답과 그것을 배운 수업을 적으세요. 학습자가 스스로 적은 다음에 보게 됩니다. (${after})
:::

`;
  return `---
id: ${id}
title: ${title}
part: 우리 반 수업
minutes: 10
needs: [${after ?? ""}]
terms: []
files: []
---

<!-- cell: title -->
# ${id} ${title}

**걸리는 시간** 10분${after === undefined ? "" : ` · **앞선 수업** ${after}`}

${retrieval}<!-- cell: question -->
## 물음

배우는 사람이 겪을 만한 장면을 두세 문장으로 적고, 아직 답할 수 없는 물음으로 끝내세요.

\`\`\`{cell} file
%%writefile hello.txt
안녕하세요
\`\`\`

\`\`\`{cell} first-build
%%dockerfile -t hello
FROM busybox
COPY hello.txt /
RUN cat /hello.txt
\`\`\`

<!-- prediction: ${id}-P1 -->

\`\`\`{cell} edit predict
%%sh
echo "반갑습니다" > hello.txt
docker build -t hello .
\`\`\`

<!-- cell: reading key-visual -->
무슨 일이 왜 일어났는지 적으세요. 여기서는 COPY가 원인, RUN이 연쇄입니다.

<!-- cell: exercises -->
## 확인 문제

<!-- exercise: ${id}-E1 -->

<!-- exercise: ${id}-E2 -->

<!-- cell: summary -->
## 한 줄 정리

이 수업에서 남길 한 문장을 적으세요.

<!-- cell: real-docker -->
### 실제 도커에서 (선택)

\`\`\`bash
docker build --progress=plain -t hello .
\`\`\`

:::teacher
<!-- cell: teacher-notes -->
**시간** 물음 2분 · 빌드 4분 · 문제 4분.

**자주 걸리는 곳** 여기에 적으세요.

**판서** 여기에 적으세요.

**토론거리** 여기에 적으세요.
:::
`;
}

/** The YAML of content/exercises/LNN.yaml: one prediction, one choice, one exercise that is judged by builds. */
export function newExercisesText({ id, title }: NewLesson): string {
  return `# ${id} ${title}
predictions:
  - id: ${id}-P1
    question: hello.txt의 내용을 고쳤습니다. 단계는 어떻게 될까요?
    feedback:
      - {step: "COPY", guessed: hit, text: COPY는 파일의 내용을 봅니다.}
      - {step: "RUN", guessed: hit, text: 바로 앞의 COPY가 새로 만들어졌습니다.}
exercises:
  - id: ${id}-E1
    kind: choice
    title: 고르기
    goal: 맞는 것을 모두 고르세요.
    options:
      - {text: COPY는 파일의 내용을 본다., correct: true, feedback: 내용이 달라지면 다시 실행됩니다.}
      - {text: COPY는 파일의 수정 시각을 본다., correct: false, misconception: M6, feedback: 수정 시각은 재료가 아닙니다.}
    hints: [touch로 시각만 바꾸어 보세요., 내용이 같으면 어떻게 되었습니까?, 맞는 것은 하나입니다.]
  - id: ${id}-E2
    kind: build
    title: 고치기
    goal: |-
      note.txt를 고쳐도 아무 단계도 다시 실행되지 않게 하세요.
    start:
      write:
        hello.txt: "안녕하세요\\n"
        note.txt: "메모\\n"
        Dockerfile: "FROM busybox\\nCOPY . /data\\nRUN cat /data/hello.txt\\n"
    edits:
      note: {title: note.txt 수정, write: {note.txt: "다른 메모\\n"}}
    conditions:
      - builds
      - rerunsNothing: note
    wrong:
      - title: RUN을 위로 올렸다
        when: [{not: builds}]
        feedback: 빌드가 실패했습니다. RUN이 읽는 파일이 그 위에 있어야 합니다.
        example:
          write: {Dockerfile: "FROM busybox\\nRUN cat /data/hello.txt\\nCOPY . /data\\n"}
    hints: [COPY는 무엇을 가져갑니까?, 필요한 파일만 가져갈 수 있습니다., COPY hello.txt /data/]
    solutions:
      - write: {Dockerfile: "FROM busybox\\nCOPY hello.txt /data/\\nRUN cat /data/hello.txt\\n"}
      - write: {.dockerignore: "note.txt\\nDockerfile\\n.dockerignore\\n"}
`;
}
