/**
 * The small terminal in which BuildKit collects a running step's output for its live lines (tonistiigi/vt100): a grid of runes,
 * a cursor and a handful of escape sequences. Its peculiarities are kept: a line feed also returns, tabs do nothing, a wide
 * character takes one cell, an escape sequence cut off at the end of a write is forgotten together with the rest.
 */

/** A grid that interprets what a step prints. */
export class Terminal {
  /** Rows of runes, each row `width` long. */
  content: string[][];
  private y = 0;
  private x = 0;
  private saved: readonly [number, number] = [0, 0];

  constructor(
    private height: number,
    public width: number,
  ) {
    this.content = Array.from({ length: height }, () => blank(width));
  }

  /** How many rows are not all spaces. */
  usedHeight(): number {
    return this.content.filter((row) => row.some((rune) => rune !== " ")).length;
  }

  resize(height: number, width: number): void {
    const rows = Math.max(1, height);
    const columns = Math.max(6, width);
    while (this.content.length < rows) this.content.push(blank(this.width));
    this.content.length = rows;
    this.height = rows;
    if (columns !== this.width) {
      this.content = this.content.map((row) =>
        columns < row.length ? row.slice(0, columns) : [...row, ...blank(columns - row.length)],
      );
      this.width = columns;
    }
  }

  write(text: string): void {
    const runes = [...text];
    let i = 0;
    while (i < runes.length) {
      const rune = runes[i++] ?? "";
      if (rune === "\u001b" || rune === "\u009b") {
        let csi = rune === "\u009b";
        let args = "";
        let quoted = false;
        let command: string | undefined;
        for (let n = 0; i < runes.length; n++) {
          const next = runes[i++] ?? "";
          if (n === 0 && next === "[") {
            csi = true;
            continue;
          }
          const code = next.codePointAt(0) ?? 0;
          if (!csi || (!quoted && code >= 64 && code <= 126)) {
            command = next;
            break;
          }
          if (next === '"') quoted = !quoted;
          args += next;
        }
        if (command === undefined) return;
        this.escape(command, args);
      } else if (isControl(rune)) this.control(rune);
      else this.put(rune);
    }
  }

  private put(rune: string): void {
    if (this.x >= this.width) {
      this.x = 0;
      this.y++;
    }
    if (this.y >= this.height) {
      this.content.shift();
      this.content.push(blank(this.width));
      this.y = this.height - 1;
    }
    const row = this.content[this.y];
    if (row) row[this.x] = rune;
    this.x++;
    if (this.x >= this.width) {
      this.x = 0;
      this.y++;
    }
  }

  private control(rune: string): void {
    if (rune === "\n") {
      this.y++;
      this.x = 0;
    } else if (rune === "\r") this.x = 0;
    else if (rune === "\b") {
      this.x--;
      if (this.x < 0) {
        if (this.y === 0) this.x = 0;
        else {
          this.y--;
          this.x = this.width - 1;
        }
      }
    }
  }

  private escape(command: string, args: string): void {
    if (!"s7u8ABCDKJHfm".includes(command)) return;
    const numbers =
      args === "" ? [] : args.split(";").map((text) => (/^[+-]?\d+$/.test(text) ? Number(text) : NaN));
    if (numbers.some(Number.isNaN)) return;
    const count = numbers[0] ?? 1;
    const erase = numbers[0] ?? 0;
    switch (command) {
      case "s":
      case "7":
        this.saved = [this.y, this.x];
        break;
      case "u":
      case "8":
        [this.y, this.x] = this.saved;
        break;
      case "A":
        this.home(this.y - count, this.x);
        break;
      case "B":
        this.home(this.y + count, this.x);
        break;
      case "C":
        this.home(this.y, this.x + count);
        break;
      case "D":
        this.home(this.y, this.x - count);
        break;
      case "H":
      case "f":
        if (numbers.length >= 2) this.home((numbers[0] ?? 1) - 1, (numbers[1] ?? 1) - 1);
        else this.home(0, 0);
        break;
      case "K":
        if (erase === 0) this.erase(this.y, this.x, this.y, this.width - 1);
        else if (erase === 1) this.erase(this.y, 0, this.y, this.x);
        else if (erase === 2) this.erase(this.y, 0, this.y, this.width - 1);
        break;
      case "J":
        if (erase === 0) this.erase(this.y, 0, this.height - 1, this.width - 1);
        else if (erase === 1) this.erase(0, 0, this.y, this.width - 1);
        else if (erase === 2) this.erase(0, 0, this.height - 1, this.width - 1);
        break;
    }
  }

  private home(y: number, x: number): void {
    this.y = Math.min(Math.max(y, 0), this.height - 1);
    this.x = Math.min(Math.max(x, 0), this.width - 1);
  }

  private erase(fromY: number, fromX: number, toY: number, toX: number): void {
    const [top, bottom] = fromY <= toY ? [fromY, toY] : [toY, fromY];
    const [left, right] = fromX <= toX ? [fromX, toX] : [toX, fromX];
    for (let y = top; y <= bottom; y++) {
      const row = this.content[y];
      if (!row) continue;
      for (let x = left; x <= right && x < row.length; x++) row[x] = " ";
    }
  }
}

function blank(width: number): string[] {
  return new Array<string>(width).fill(" ");
}

function isControl(rune: string): boolean {
  const code = rune.codePointAt(0) ?? 0;
  return code < 0x20 || (code >= 0x7f && code < 0xa0);
}
