/** How much a cell may print: a page that gets more than it can show no longer hears its stop button. What is too much is thrown away, and said once. */

/** Characters that a cell can print. A page draws all of them anew with every message. */
const MOST_TEXT = 300_000;
/** Things that a cell can display. */
const MOST_DISPLAYS = 1000;
/** Replacements of what is displayed, at once and per second from then on: pictures that move. */
const UPDATES = { most: 300, perSecond: 30 } as const;

/** What stands where the first of it was thrown away. */
export const CUT =
  "\n… 출력이 너무 많아 나머지는 보여 주지 않습니다. 셀은 계속 실행됩니다. (LB_OUTPUT_CUT: too much output, the rest is not shown)\n";

/** The limits of one cell. Times are milliseconds of any one clock. */
export class OutputLimit {
  private printed = 0;
  private displays = 0;
  private updates: number = UPDATES.most;
  private updatedAt: number;
  private said = false;

  constructor(now: number) {
    this.updatedAt = now;
  }

  /** Milliseconds between two messages of text, the longer the more there is to draw. */
  get pause(): number {
    return Math.min(1000, 50 + this.printed / 100);
  }

  /** What of *text* may be printed, with the sentence about the rest when it is the first to be cut. */
  print(text: string): string {
    const left = MOST_TEXT - this.printed;
    this.printed += Math.min(left, text.length);
    if (text.length <= left) return text;
    const half = text.charCodeAt(left - 1);
    return text.slice(0, half >= 0xd800 && half <= 0xdbff ? left - 1 : left) + this.say();
  }

  /** May something be displayed, or replaced (*update*)? Otherwise the sentence to print instead, empty when it has been said. */
  display(update: boolean, now: number): true | string {
    if (!update) return ++this.displays <= MOST_DISPLAYS || this.say();
    this.updates += ((now - this.updatedAt) / 1000) * UPDATES.perSecond;
    this.updates = Math.min(UPDATES.most, this.updates);
    this.updatedAt = now;
    if (this.updates < 1) return this.say();
    this.updates--;
    return true;
  }

  private say(): string {
    if (this.said) return "";
    this.said = true;
    return CUT;
  }
}
