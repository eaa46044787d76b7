/** `layerbook replay`: runs recorded scenarios (the work is in ../replay). */

import type { CommandModule } from "../commands";
import { replay } from "../replay";

export const help: CommandModule["help"] = {
  ko: `
기록된 시나리오(test/fidelity/FORMAT.md)를 빈 캐시에서 차례로 빌드하고, 일어난 일을 같은 모양의 JSON으로 출력합니다.

  --bases DIR    FROM이 찾는 베이스 이미지(OCI 레이아웃 또는 tar)가 있는 폴더
`,
  en: `
Builds recorded scenarios (test/fidelity/FORMAT.md) one by one from an empty cache and prints what happened as JSON of the
same shape.

  --bases DIR    folder of the base images (OCI layout or tars) that FROM finds
`,
};

export const run: CommandModule["run"] = (args, io) => replay(args, io.out, io.err, io.locale);
