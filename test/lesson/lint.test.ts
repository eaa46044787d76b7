/** The linter over the whole course, and each rule on a lesson that breaks it. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { parseExercises, parseLesson } from "../../kernel-helpers/src/lesson";
import { readCourse } from "../../kernel-helpers/src/lesson/course";
import { lintCourse } from "../../kernel-helpers/src/lesson/lint";
import { newExercisesText, newLessonText } from "../../kernel-helpers/src/lesson/new-lesson";

const course = readCourse(join(__dirname, "../../content"));

/** Rules that find something in *body*, put as the cells of a lesson. */
function rulesOf(body: string, head = "terms: []"): string[] {
  const text = `---\nid: X01\ntitle: 시험\nminutes: 5\n${head}\n---\n\n${body}\n`;
  const entry = { lesson: parseLesson("97-trial.md", text) };
  return lintCourse({ ...course, lessons: [...course.lessons, entry] }, [entry]).map(({ rule }) => rule);
}

describe("the linter of lessons", () => {
  it("finds nothing in the course", () => {
    assert.deepEqual(
      lintCourse(course).map(({ file, line, rule, ko }) => `${file}:${line} ${rule} ${ko}`),
      [],
    );
  });

  it("finds nothing in a new lesson", () => {
    const fresh = { id: "L98", title: "우리 팀의 Dockerfile", after: "L16" };
    const entry = {
      lesson: parseLesson("98-team.md", newLessonText(fresh)),
      exercises: parseExercises("L98.yaml", newExercisesText(fresh), {}),
    };
    assert.deepEqual(lintCourse({ ...course, lessons: [...course.lessons, entry] }, [entry]), []);
  });

  for (const [rule, body] of [
    ["emphasis", "<!-- cell: a -->\n키는 **“재료”**을 봅니다."],
    ["emphasis", "<!-- cell: a -->\n이것은 **명령(instruction)**입니다."],
    ["table", "<!-- cell: a -->\n| 가 | 나 |\n|---|---|\n| `RUN |1` | 값 |"],
    ["link", "<!-- cell: a -->\n[여기](../99-nowhere/99-nowhere.ipynb)를 보세요."],
    ["link", "<!-- cell: a -->\n[여기](../05-order/05-order.ipynb#없는-제목)를 보세요."],
    ["output", "```{cell} a\n%%dockrfile\nFROM busybox\n```"],
    ["output", "```{cell} a\n!cp before/* .\n```"],
    ["claim", "<!-- cell: a -->\n두 단계가 재사용되었습니다."],
    ["style", "<!-- cell: a -->\n정말 쉬워요."],
    ["style", "<!-- cell: a -->\n빌더에 의해 실행됩니다."],
    ["style", `<!-- cell: a -->\n${"아주 긴 문장을 이어서 ".repeat(12)}씁니다.`],
  ] as const) {
    it(`${rule}: ${body.split("\n")[1] ?? ""}`, () => assert.deepEqual(rulesOf(body), [rule]));
  }

  it("term: one that is in no glossary, one that is not used", () => {
    assert.deepEqual(rulesOf("<!-- cell: a -->\n글입니다.", "terms: [nonsense]"), ["term"]);
    assert.deepEqual(rulesOf("<!-- cell: a -->\n글입니다.", "terms: [layer]"), ["term"]);
    assert.deepEqual(rulesOf("<!-- cell: a -->\n레이어(layer)입니다.", "terms: [layer]"), []);
  });

  it("structure: a numbered lesson without its parts", () => {
    const entry = {
      lesson: parseLesson(
        "99-bare.md",
        "---\nid: L99\ntitle: 빈 수업\nminutes: 5\nneeds: [L98]\n---\n\n<!-- cell: a -->\n글\n",
      ),
    };
    const found = lintCourse({ ...course, lessons: [...course.lessons, entry] }, [entry]);
    assert.ok(found.filter(({ rule, severity }) => rule === "structure" && severity === "error").length >= 9);
  });

  it("what is fine stays: quotations, code, links that lead somewhere", () => {
    const body =
      "<!-- cell: a -->\n| 가 |\n|---|\n| `RUN \\|1` |\n\n“캐시를 타서 빨라요!”라고 말합니다. `**`는 코드입니다. **굵게** 씁니다. [순서](../05-order/05-order.ipynb)와 [용어](../19-glossary/19-glossary.ipynb#%EB%A0%88%EC%9D%B4%EC%96%B4)를 보세요.";
    assert.deepEqual(rulesOf(body), []);
  });
});
