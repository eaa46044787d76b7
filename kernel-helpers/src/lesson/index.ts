/** Lessons: their sources, predictions, exercises and checks, hints, quiz and progress. */

export {
  parseLesson,
  LessonError,
  type CellAudience,
  type Lesson,
  type LessonCell,
  type LessonHead,
} from "./source";
export {
  compileLesson,
  cellsOf,
  notebookText,
  KERNELSPEC,
  type Edition,
  type LessonNotebook,
  type NotebookCell,
} from "./compile";
export { parseExercises, parseSharedFiles, type ExerciseFile } from "./read-exercises";
export type * from "./exercise-types";
export type { Bench, BenchMaker, ImageFile, SecretPlace } from "./bench";
export { checkExercise, type CheckResult } from "./check";
export { judge, Trial, type Finding } from "./conditions";
export {
  parseGuess,
  isGuessError,
  compareGuess,
  type Comparison,
  type Guess,
  type GuessError,
} from "./predict";
export { markAnswer, markChoice, markGrid, normalizeAnswer, type Mark } from "./answers";
export { benchMaker, type BenchSources } from "./lab-bench";
export * from "./progress";
export * from "./work-zip";
export * from "./course-progress";
export {
  parseQuiz,
  parseQuizAnswer,
  QUIZ_SEED,
  quizReport,
  typedNumber,
  shuffledOptions,
  type Quiz,
  type QuizItem,
  type QuizOption,
  type QuizReport,
  type QuizRound,
} from "./quiz";
export { ROUND_NAMES } from "./expand-quiz";
export { parseGlossary, linkTerms, type GlossaryTerm } from "./glossary";
