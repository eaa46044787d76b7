/** Any image: export, import and export again give the same bytes. */

import { roundTrips } from "./round-trip";

describe("round trips of random images", function () {
  this.timeout(60_000);
  it("are byte-identical", () => roundTrips(60));
});
