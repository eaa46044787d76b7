/** Opens the browser's storage for the page, puts the lessons into it, and says when it is refused, full or was cleared. */

import { FileStore } from "../files/file-store";
import { type LessonBundle, placeLessons } from "./lessons";
import { notice, stop } from "./notice";

const CLEARED =
  "이 브라우저에 저장되어 있던 작업이 지워졌습니다. 사이트 데이터를 지웠거나, 저장 공간이 모자라 브라우저가 비운 것입니다. " +
  "내려받아 둔 zip이 있으면 파일 메뉴의 ‘내 작업 올리기’로 되살릴 수 있습니다. (The browser has cleared the stored work.)";
const CLEARED_NOW =
  "이 브라우저에 저장된 작업이 방금 지워졌습니다. 지금 열려 있는 노트북은 아직 화면에 있으니 저장(Ctrl+S)한 다음 " +
  "파일 메뉴의 ‘내 작업 내려받기’로 받아 두고, 새로 고침을 하세요. (The browser has just cleared the stored work.)";

/** Remembers, apart from the store, that there was one. */
class Mark {
  constructor(private readonly name: string) {}

  get isSet(): boolean {
    try {
      return localStorage.getItem(this.name) !== null;
    } catch {
      return false; // refused too
    }
  }

  set(): void {
    try {
      localStorage.setItem(this.name, "1");
    } catch {
      // as above
    }
  }
}

/** The open store *name* with the lessons of *site* in it. Covers the page and rejects when there can be none. */
export async function openStorage(name: string, site: URL): Promise<FileStore> {
  try {
    const store = await FileStore.open(name, () => notice(CLEARED_NOW, "alert"));
    const mark = new Mark(`${name} used`);
    if (mark.isSet && (await store.value("lessons")) === undefined) notice(CLEARED, "alert");
    await bring(store, site);
    mark.set();
    // Without this a browser may throw the files away when its disk is full.
    void navigator.storage?.persist?.();
    return store;
  } catch (error) {
    stop("수업을 열 수 없습니다", error instanceof Error ? error.message : String(error), site);
    throw error;
  }
}

/** Places the lessons; without a network those of the last visit must do. */
async function bring(store: FileStore, site: URL): Promise<void> {
  let bundle: LessonBundle;
  try {
    const answer = await fetch(new URL("lessons.json", site));
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
    bundle = (await answer.json()) as LessonBundle;
  } catch (error) {
    if ((await store.value("lessons")) !== undefined) return;
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `수업 파일(lessons.json)을 받지 못했습니다: ${reason}. 연결을 확인하고 새로 고침을 하세요. (LB_NO_LESSONS: the lessons could not be fetched.)`,
    );
  }
  const kept = await placeLessons(store, bundle);
  if (kept.length > 0) console.info(`새 판이 있지만 고치신 것을 그대로 두었습니다: ${kept.join(", ")}`);
}
