import assert from "node:assert/strict";
import { parseLesson, LessonError } from "../../kernel-helpers/src/lesson/source";
import { compileLesson, notebookText } from "../../kernel-helpers/src/lesson/compile";

const HEAD = "---\nid: L01\ntitle: 닫힌 이미지\nminutes: 15\n---\n";

function refusal(text: string): LessonError {
  try {
    parseLesson("01-x.md", text);
  } catch (error) {
    if (error instanceof LessonError) return error;
    throw error;
  }
  throw new Error("no refusal");
}

describe("lesson source", () => {
  it("reads text cells, code cells, tags and blocks for other editions", () => {
    const lesson = parseLesson(
      "content/lessons/01-closed-image.md",
      HEAD +
        "\n<!-- cell: intro -->\n# 제목\n\n글\n```docker\n<!-- cell: 글입니다 -->\n```\n\n```{cell} build predict\n%%dockerfile\nFROM node\n```\n" +
        ":::teacher\n<!-- cell: note -->\n강사만\n:::\n",
    );
    assert.equal(lesson.head.slug, "01-closed-image");
    assert.deepEqual(
      lesson.cells.map((cell) => [cell.kind, cell.id, cell.audience, cell.line]),
      [
        ["markdown", "intro", "student", 7],
        ["code", "build", "student", 15],
        ["markdown", "note", "teacher", 20],
      ],
    );
    assert.equal(lesson.cells[0]?.source, "# 제목\n\n글\n```docker\n<!-- cell: 글입니다 -->\n```");
    assert.deepEqual(lesson.cells[1]?.tags, ["predict"]);
  });

  it("keeps what is not the student's out of the student's notebook", () => {
    const lesson = parseLesson(
      "01-x.md",
      HEAD +
        "<!-- cell: a -->\n글\n:::solution\n```{cell} s\nconst 비밀 = 1;\n```\n:::\n:::exam\n<!-- cell: q -->\n문제\n:::\n",
    );
    assert.ok(!notebookText(compileLesson(lesson)).includes("비밀"));
    assert.deepEqual(
      compileLesson(lesson, "solution").cells.map((cell) => cell.id),
      ["l01-a", "l01-s"],
    );
    assert.deepEqual(
      compileLesson(lesson, "exam").cells.map((cell) => cell.id),
      ["l01-q"],
    );
  });

  it("names the line of a mistake", () => {
    assert.equal(refusal("# no head\n").code, "LB_LESSON_HEAD");
    assert.equal(refusal("---\nid: L01\ntitle: x\n---\n").code, "LB_LESSON_HEAD");
    assert.deepEqual([refusal(HEAD + "글\n").code, refusal(HEAD + "글\n").line], ["LB_LESSON_CELL", 6]);
    assert.equal(refusal(HEAD + "```{cell} a\nx\n").code, "LB_LESSON_FENCE");
    assert.equal(refusal(HEAD + "<!-- cell: a -->\nx\n<!-- cell: a -->\ny\n").code, "LB_LESSON_CELL");
    assert.equal(refusal(HEAD + ":::teacher\n<!-- cell: a -->\nx\n").code, "LB_LESSON_BLOCK");
    assert.equal(refusal(HEAD + ":::\n").code, "LB_LESSON_BLOCK");
  });

  it("writes the same notebook for the same lesson", () => {
    const lesson = parseLesson("01-x.md", HEAD + "<!-- cell: a -->\n글\n");
    assert.equal(notebookText(compileLesson(lesson)), notebookText(compileLesson(lesson)));
  });
});
