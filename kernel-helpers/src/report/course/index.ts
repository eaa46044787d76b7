/** What the commits of a project, or one change of it, run again. */

export {
  changeSentence,
  type ChangeSummary,
  COMMENT_MARK,
  courseSentences,
  renderChange,
  renderCourse,
} from "./render";
export {
  type CauseDetail,
  type CourseCause,
  type CourseCommit,
  type CourseEntry,
  type CourseStep,
  type CourseSummary,
  isRun,
  summarizeCourse,
} from "./summary";
