/** What every cell finds in scope without an import: the package's exports, `lab`, and the kernel's own functions. */

const KERNEL_DECLARATIONS = `
/** MIME 형식별 자료. 예: { "text/html": "<b>안녕</b>" } */
export interface DisplayData { readonly [mime: string]: unknown }
/** 이미 보여 준 출력을 바꿀 수 있는 손잡이. */
export interface DisplayHandle {
  readonly id: string;
  /** 같은 자리의 출력을 새 내용으로 바꿉니다. */
  update(value: unknown): void;
}
/** 값을 셀의 출력으로 보여 줍니다. \`raw: true\`면 MIME 형식별 자료로 봅니다. \`id\`가 같은 출력은 \`update\`로 바뀝니다. */
declare function display(value: unknown, options?: { readonly raw?: boolean; readonly id?: string; readonly update?: boolean; readonly metadata?: object }): DisplayHandle;
/** 이 셀의 출력을 지웁니다. \`wait\`가 참이면 다음 출력이 나올 때 지웁니다. */
declare function clearOutput(wait?: boolean): void;
/** 한 줄을 입력받습니다. 중단하면 빈 문자열입니다. 예: const name = await input("이름? ") */
declare function input(prompt?: string, options?: { readonly password?: boolean }): Promise<string>;
/** 한 줄을 입력받을 때까지 기다립니다. 중단하면 null입니다. */
declare function prompt(message?: string, otherwise?: string): string | null;
`;

/** The prelude's text, given the package's exports; undefined before they are known. */
export function preludeText(exportsOfPackage: readonly string[] | undefined): string {
  const names = (exportsOfPackage ?? []).filter(
    (name) => /^[A-Za-z_$][\w$]*$/.test(name) && name !== "default",
  );
  const lab =
    exportsOfPackage === undefined || names.includes("Lab")
      ? `/** 이 노트북의 실습실: \`app/\` 폴더를 컨텍스트로 하고 \`.layerbook/\`에 캐시를 둡니다. */\ndeclare const lab: import("layerbook").Lab;`
      : "declare const lab: any;";
  const imports =
    names.length > 0 ? `import { ${names.join(", ")} } from "layerbook";` : `import "layerbook";`;
  return `${imports}\n${lab}\n${KERNEL_DECLARATIONS}`;
}
