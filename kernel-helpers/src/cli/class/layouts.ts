/** Whose a file is, by its path: Moodle's and nbgrader's layouts, homes of a hub, plain folders. */

/** A student as the path names them. */
export interface Student {
  readonly name: string;
  /** Moodle's participant number, where the path has one. */
  readonly id?: string;
  /** How many of the path's parts say whose it is. */
  readonly depth: number;
}

/** `홍길동_12345_assignsubmission_file_`, as a folder or in front of a file's name. */
const MOODLE = /^(.+)_(\d+)_assign(?:submission|feedback)_[a-z]+(?:_(.*))?$/;
/** Folders around students' own. */
const WRAPPERS = new Set([
  "submitted",
  "submissions",
  "homes",
  "home",
  "users",
  "students",
  "제출",
  "제출물",
]);
/** Folders inside a student's own: they name nobody. */
const INSIDE = new Set(["learn", "notebooks", "layerbook", "work"]);
const LESSON = /^(\d\d-[\w-]+|\.layerbook)$/;

/**
 * Who *parts* (folders, outermost first) belong to: Moodle's name when there is one, otherwise the first folder that is neither a
 * wrapper nor a lesson. Undefined when every folder is a lesson or `learn/`: then they are the one learner's whose folder it is.
 */
export function findStudent(parts: readonly string[]): Student | undefined {
  for (const [index, part] of parts.entries()) {
    const moodle = MOODLE.exec(part);
    if (moodle?.[1] !== undefined && moodle[2] !== undefined)
      return { name: moodle[1].normalize("NFC"), id: moodle[2], depth: index + 1 };
  }
  const index = parts.findIndex((part) => !WRAPPERS.has(part));
  const part = parts[index];
  if (part === undefined || LESSON.test(part) || INSIDE.has(part)) return undefined;
  return { name: part.normalize("NFC"), depth: index + 1 };
}
