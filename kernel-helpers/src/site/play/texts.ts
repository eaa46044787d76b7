/** Every word of the page, Korean and English side by side. */

import type { Locale } from "../../report/locale";
import type { LinkProblem } from "./link";

const TEXTS = {
  title: ["레이어북 실험실", "Layerbook playground"],
  lead: [
    "Dockerfile을 고치고 빌드해, 어느 단계가 재사용되고 어느 단계가 왜 다시 실행되는지 봅니다. 모두 이 쪽 안에서 돌고, 아무것도 보내지 않습니다.",
    "Edit a Dockerfile, build it, and see which steps are reused and why others run again. All of it runs in this page; nothing is sent.",
  ],
  skip: ["편집기로 건너뛰기", "Skip to the editor"],
  language: ["English", "한국어"],
  theme: ["밝게/어둡게", "Light/dark"],
  close: ["닫기", "Close"],
  example: ["예제", "Example"],
  chooseExample: ["예제 고르기…", "Choose an example…"],
  works: ["이전 작업", "Earlier work"],
  worksLead: [
    "예제나 링크를 열어도 하던 작업은 이 브라우저에 그대로 남습니다.",
    "Opening an example or a link leaves what you did in this browser.",
  ],
  noWorks: ["아직 없습니다", "None yet"],
  openWork: ["열기", "Open"],
  workRemoved: ["작업을 지웠습니다", "The work was deleted"],
  workLeft: ["하던 작업은 ‘이전 작업’에 있습니다.", "What you had is under “Earlier work”."],
  backToIt: ["그 작업으로 돌아가기", "Go back to it"],
  exampleOpened: ["예제를 열었습니다.", "The example is open."],
  workOpened: ["이어서 합니다.", "Going on with it."],
  workOpenedAgain: ["하던 작업을 이어 갑니다.", "Going on where you left off."],
  otherTab: [
    "이 작업은 다른 탭에서도 열려 있습니다. 여기서 고치면 사본이 됩니다.",
    "Another tab shows this work too: what you change here becomes a copy.",
  ],
  files: ["파일", "Files"],
  newFile: ["새 파일", "New file"],
  rename: ["이름 바꾸기", "Rename"],
  remove: ["지우기", "Delete"],
  addFiles: ["파일 올리기", "Add files"],
  addFolder: ["폴더 올리기", "Add a folder"],
  dropHint: [
    "파일·폴더·zip을 끌어다 놓아도 됩니다. 이 컴퓨터를 떠나지 않습니다.",
    "Or drop files, a folder or a zip here. They do not leave this computer.",
  ],
  download: ["내려받기 (zip)", "Download (zip)"],
  downloaded: ["zip으로 내려받았습니다", "Downloaded as a zip"],
  executable: ["실행 파일 (755)", "Executable (755)"],
  editor: ["편집기", "Editor"],
  binary: ["글이 아닌 파일이라 고칠 수 없습니다", "This file is not text and cannot be edited"],
  pathLabel: ["이름 (폴더는 /로 나눔)", "Name (folders with /)"],
  ok: ["확인", "OK"],
  cancel: ["취소", "Cancel"],
  flags: ["빌드 옵션", "Build flags"],
  build: ["빌드", "Build"],
  stop: ["멈춤", "Stop"],
  share: ["링크 만들기", "Make a link"],
  shareLabel: [
    "이 링크를 열면 지금의 Dockerfile과 파일이 그대로 열립니다. 링크 안에 모두 들어 있고, 어디에도 올리지 않습니다.",
    "This link opens the Dockerfile and the files as they are now. It holds them itself: nothing is uploaded.",
  ],
  copy: ["복사", "Copy"],
  copied: ["✓ 링크를 복사했습니다.", "✓ The link was copied."],
  copyByHand: ["링크를 골라 두었습니다. Ctrl+C로 복사하세요.", "The link is selected: copy it with Ctrl+C."],
  longLink: [
    "링크가 깁니다. 메신저에 따라 잘릴 수 있으니 zip으로 나누는 편이 안전합니다.",
    "The link is long: some messengers cut it. A zip is safer.",
  ],
  localLink: [
    "이 쪽을 이 컴퓨터에서 열었으므로 링크도 이 컴퓨터에서만 열립니다. 다른 사람에게는 그 사람이 여는 play.html의 주소 뒤에 링크의 # 부터 끝까지를 붙여 주거나 zip으로 나누세요.",
    "This page was opened from this computer, and so is the link. For others: put the link from its # on behind the address of their play.html, or share a zip.",
  ],
  tooLongLink: [
    "파일이 너무 커서 링크에 담을 수 없습니다. zip으로 내려받아 나누세요.",
    "The files are too large for a link. Download them as a zip instead.",
  ],
  result: ["결과", "Result"],
  layers: ["레이어 표", "Layer table"],
  log: ["BuildKit 기록", "BuildKit log"],
  plain: ["명령의 출력까지 (--progress=plain)", "With what commands print (--progress=plain)"],
  matrix: ["빌드표", "Build matrix"],
  past: ["지난 빌드", "Earlier build"],
  back: ["그때의 파일로", "Its files again"],
  backDone: ["파일을 그때로 되돌렸습니다. 빌드", "The files are as they were then: build"],
  why: ["왜? 캐시 키", "Why? Cache key"],
  whyStep: ["단계", "Step"],
  whatIf: ["고치면 어떻게 될까?", "What would an edit do?"],
  whatIfLead: [
    "빌드하지 않고 셈합니다. 첫 줄 ‘그대로’가 지금 빌드하면 일어날 일입니다.",
    "Worked out without building. The first row, “no change”, is what a build would do now.",
  ],
  whatIfAsk: ["예측하기", "Predict"],
  predicted: ["예측표를 만들었습니다.", "The prediction is there."],
  nothingYet: ["아직 빌드하지 않았습니다. 이렇게 해 보세요.", "Nothing is built yet. Try this:"],
  goOn: ["이어서 해 보세요.", "Go on:"],
  tryDone: ["했음", "done"],
  building: ["빌드하는 중…", "Building…"],
  done: ["끝났습니다", "Done"],
  failed: ["빌드가 실패했습니다", "The build failed"],
  stopped: ["멈췄습니다. 캐시는 그대로 이어집니다.", "Stopped. The cache goes on as it was."],
  prune: ["캐시 비우기", "Empty the cache"],
  pruned: [
    "캐시와 빌드표를 비웠습니다. 다음 빌드는 처음부터 실행합니다.",
    "The cache and the matrix are empty: the next build runs everything.",
  ],
  ready: ["준비되었습니다", "Ready"],
  linkOpened: ["링크의 파일을 열었습니다. 빌드를 눌러 보세요.", "The link's files are open. Press Build."],
  added: ["파일을 더했습니다", "Files added"],
  skippedFiles: ["넣지 못한 파일", "Files left out"],
  removed: ["지웠습니다", "Deleted"],
  undo: ["되돌리기", "Undo"],
  redo: ["다시 하기", "Redo"],
  hints: ["검사", "Checks"],
  error: ["오류", "Error"],
  warning: ["경고", "Warning"],
  warnings: ["경고", "warnings"],
  output: ["실패한 명령의 출력", "What the failed command printed"],
  frame: ["오류가 난 곳", "Where it failed"],
  noStorage: [
    "이 브라우저는 여기에 저장하는 것을 막고 있습니다. 쪽을 닫으면 고친 것이 사라지니 zip으로 내려받아 두세요.",
    "This browser refuses to store anything here. What you edit is gone when the page closes: download it as a zip.",
  ],
  fullStorage: [
    "저장할 자리가 없습니다. ‘이전 작업’에서 필요 없는 것을 지우거나 zip으로 내려받아 두세요.",
    "There is no room to keep this. Delete what you do not need under “Earlier work”, or download a zip.",
  ],
  shortcut: ["Ctrl+Enter로도 빌드합니다.", "Ctrl+Enter builds too."],
  scrollable: ["좌우로 움직일 수 있음", "scrolls sideways"],
} as const satisfies Record<string, readonly [ko: string, en: string]>;

/** Name of a text. */
export type TextName = keyof typeof TEXTS;

/** The text *name* in *locale*. */
export function text(name: TextName, locale: Locale): string {
  return TEXTS[name][locale === "ko" ? 0 : 1];
}

/** Is *name* one of the page's texts? */
export function isText(name: string | undefined): name is TextName {
  return name !== undefined && name in TEXTS;
}

const PROBLEMS: Readonly<Record<LinkProblem, readonly [ko: string, en: string]>> = {
  "bad-path": [
    "쓸 수 없는 파일 이름입니다. 빌드 컨텍스트 안의 상대 경로를 쓰세요 (.. 와 맨 앞의 / 없이).",
    "This is no usable file name. Write a relative path inside the build context (no .., no leading /).",
  ],
  "path-taken": [
    "같은 이름의 파일이나 폴더가 이미 있습니다.",
    "A file or folder of that name is already there.",
  ],
  "many-files": [
    "파일이 너무 많습니다. 여기에는 300개까지 넣을 수 있습니다.",
    "Too many files: this page takes 300.",
  ],
  large: [
    "너무 큽니다. 여기에는 모두 합해 2MB까지 넣을 수 있습니다.",
    "Too large: this page takes 2 MB in all.",
  ],
  unreadable: ["읽을 수 없습니다.", "It cannot be read."],
  "no-file": ["그런 파일이 없습니다.", "There is no such file."],
  "link-broken": [
    "링크가 온전하지 않아 열지 않았습니다. 끝까지 복사되었는지 보낸 사람에게 확인하세요.",
    "The link is broken and was not opened. Check that it was copied to its end.",
  ],
  "link-version": [
    "더 새로운 판에서 만든 링크라 이 쪽에서는 열 수 없습니다.",
    "The link was made by a newer version and cannot be opened here.",
  ],
  "link-large": [
    "링크에 담긴 것이 너무 커서 열지 않았습니다.",
    "What the link holds is too large and was not opened.",
  ],
};

/** The sentence about *problem* in *locale*. */
export function problemText(problem: LinkProblem, locale: Locale): string {
  return PROBLEMS[problem][locale === "ko" ? 0 : 1];
}
