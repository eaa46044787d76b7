/** Korean hints for the errors that learners meet most. Data, not logic: a code or a pattern, and a sentence. */

import type { CellDiagnostic } from "./service/protocol";

/** Hints by TypeScript's code. `$0`, `$1` … are the quoted parts of the English message, in order. */
const BY_CODE: Readonly<Record<number, string>> = {
  1002: "따옴표가 닫히지 않았습니다. 여러 줄이면 백틱(`)을 쓰세요.",
  1005: "기호 하나가 빠진 것 같습니다. 표시된 곳 바로 앞을 보세요.",
  1109: "여기에 값이나 식이 와야 합니다.",
  1127: "쓸 수 없는 글자가 있습니다. 복사하면서 따라온 특수 문자나 전각 기호가 아닌지 보세요.",
  1160: "백틱(`)이 닫히지 않았습니다.",
  2300: "$0을(를) 한 셀에서 두 번 정의했습니다. 다른 셀에서 다시 정의하는 것은 괜찮습니다.",
  2304: "$0이(가) 무엇인지 모릅니다. 철자를 확인하거나, 정의하는 셀을 먼저 실행하세요.",
  2307: "모듈 $0을(를) 찾지 못했습니다. 파일이면 './'로 시작하는지, 파일이 있는지 보세요.",
  2322: "값의 형식이 다릅니다. 왼쪽은 $1인데 $0을(를) 넣으려 했습니다.",
  2339: "$1에는 $0이라는 속성이 없습니다. 점(.) 뒤에서 Tab을 누르면 쓸 수 있는 이름이 나옵니다.",
  2345: "함수에 넘긴 값의 형식이 다릅니다. $1이(가) 와야 하는데 $0입니다.",
  2349: "함수가 아닌 것을 불렀습니다. 앞줄 끝에 세미콜론(;)이 빠지면 이렇게 되기도 합니다.",
  2353: "이 객체에는 $0이라는 속성을 쓸 수 없습니다. 철자를 확인하세요.",
  2451: "$0을(를) 한 셀에서 두 번 정의했습니다. 다른 셀에서 다시 정의하는 것은 괜찮습니다.",
  2551: "철자를 확인하세요. $2일 수 있습니다.",
  2552: "철자를 확인하세요. $1일 수 있습니다.",
  2554: "인자의 수가 다릅니다.",
  2588: "$0은(는) const라서 바꿀 수 없습니다. 바꾸려면 let으로 정의하세요.",
  2741: "꼭 있어야 하는 속성 $0이(가) 없습니다.",
  2739: "꼭 있어야 하는 속성이 빠졌습니다.",
  2801: "await가 빠진 것 같습니다.",
  18004: "$0이(가) 무엇인지 모릅니다. 정의하는 셀을 먼저 실행하세요.",
};

/** The hint for a finding. *where* says which cell of the notebook defines a missing name. */
export function compilerHint(found: CellDiagnostic, where: string | undefined): string | undefined {
  if (found.missing !== undefined && where !== undefined) return where;
  if (/Promise</.test(found.message) && [2339, 2345, 2322, 2551].includes(found.code)) {
    return "값이 아직 도착하지 않은 Promise입니다. 앞에 await를 붙였는지 보세요.";
  }
  const hint = BY_CODE[found.code];
  if (hint === undefined) return undefined;
  const quoted = [...(found.message.split("\n")[0] as string).matchAll(/'([^']*)'/g)].map(
    (match) => `\`${match[1] ?? ""}\``,
  );
  const filled = hint.replace(/\$(\d)/g, (_all, digit: string) => quoted[Number(digit)] ?? "");
  return filled;
}

interface RuntimeHint {
  readonly name: string;
  readonly pattern: RegExp;
  readonly hint: string;
}

const AT_RUN_TIME: readonly RuntimeHint[] = [
  {
    name: "RangeError",
    pattern: /Maximum call stack/,
    hint: "함수가 자기 자신을 끝없이 불렀습니다. 멈추는 조건이 있는지 보세요.",
  },
  { name: "RangeError", pattern: /Invalid (array|string) length/, hint: "배열이나 문자열이 너무 큽니다." },
  {
    name: "ReferenceError",
    pattern: /^Cannot access '(.+)' before initialization/,
    hint: "`$1`은(는) 아직 값을 받지 못했습니다. 정의한 셀이 도중에 멈췄다면 그 셀을 다시 실행하세요.",
  },
  {
    name: "TypeError",
    pattern: /^Cannot read properties of (undefined|null) \(reading '(.+)'\)/,
    hint: "`.$2` 앞의 값이 $1입니다. 그 값이 어디서 오는지, await가 빠지지 않았는지 보세요.",
  },
  {
    name: "TypeError",
    pattern: /^(.+) is not a function/,
    hint: "`$1`은(는) 함수가 아닙니다. 이름과 값을 확인하세요.",
  },
  { name: "TypeError", pattern: /is not iterable/, hint: "배열처럼 차례로 꺼낼 수 있는 값이 아닙니다." },
  {
    name: "TypeError",
    pattern: /^Assignment to constant/,
    hint: "const로 정의한 값은 바꿀 수 없습니다. let을 쓰세요.",
  },
  { name: "SyntaxError", pattern: /JSON/, hint: "JSON의 모양이 맞지 않습니다. 쉼표와 따옴표를 보세요." },
  {
    name: "Error",
    pattern: /^ENOENT: .*, mkdir '/,
    hint: "폴더를 만들 수 없습니다. 노트북의 폴더가 지워졌거나, 쓸 수 없는 곳(읽기 전용)에 있습니다. 쓸 수 있는 폴더에서 노트북을 여세요.",
  },
  {
    name: "Error",
    pattern: /^(?:EROFS|EACCES|EPERM)\b/,
    hint: "쓸 권한이 없는 곳입니다. 노트북의 폴더가 읽기 전용이 아닌지 보세요.",
  },
  {
    name: "Error",
    pattern: /^(?:ENOSPC|EDQUOT)\b/,
    hint: "디스크가 가득 찼습니다. 파일을 지우거나 `!docker builder prune -f`로 캐시를 비우고 다시 실행하세요.",
  },
  {
    name: "Error",
    pattern: /^ENOENT/,
    hint: "그런 파일이나 폴더가 없습니다. 경로와, 파일을 쓰는 셀을 실행했는지 보세요.",
  },
  { name: "Error", pattern: /^Cannot find module '(.+?)'/, hint: "모듈 `$1`을(를) 찾지 못했습니다." },
  {
    name: "Error",
    pattern: /^EADDRINUSE/,
    hint: "그 포트는 이미 쓰이고 있습니다. 다른 포트를 쓰거나 먼저 연 서버를 닫으세요.",
  },
];

/** The hint for something thrown. *where* says which cell of the notebook defines a name. */
export function runtimeHint(
  name: string,
  message: string,
  where: (name: string) => string | undefined,
): string | undefined {
  const missing = /^(\S+) is not defined$/.exec(message)?.[1];
  if (name === "ReferenceError" && missing !== undefined) {
    return where(missing) ?? `\`${missing}\`이(가) 정의되지 않았습니다. 정의하는 셀을 먼저 실행하세요.`;
  }
  for (const { name: of, pattern, hint } of AT_RUN_TIME) {
    if (of !== name && of !== "Error") continue;
    const match = pattern.exec(message);
    if (match !== null) return hint.replace(/\$(\d)/g, (_all, digit: string) => match[Number(digit)] ?? "");
  }
  return undefined;
}
