/** Completion and hover in `%%dockerfile` cells. */

import type { NotebookSession } from "../session/notebook-session";
import type { MagicCompletion } from "./types";

export async function completeDockerfile(
  code: string,
  offset: number,
  session: NotebookSession,
): Promise<MagicCompletion | undefined> {
  void code;
  void offset;
  void session;
  return undefined;
}

export async function inspectDockerfile(
  code: string,
  offset: number,
  session: NotebookSession,
): Promise<string | undefined> {
  void code;
  void offset;
  void session;
  return undefined;
}
