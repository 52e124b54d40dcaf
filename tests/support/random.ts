/** A source of chance that is the same at every run, so that what a test found once it finds again. */
export class Random {
  #state: number;

  /** @param seed any integer */
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A number from 0 up to 1 (mulberry32). */
  next(): number {
    let t = this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    t = Math.imul(t ^ t >>> 15, t | 1);
    t ^= t + Math.imul(t ^ t >>> 7, t | 61);
    return ((t ^ t >>> 14) >>> 0) / 4294967296;
  }

  /** An integer from 0 up to, but not including, `end`. */
  below(end: number): number {
    return Math.floor(this.next() * end);
  }

  /** One of the values. */
  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)];
  }

  /** A well-formed text of at most that many characters: of every plane, with many of those that are escaped somewhere. */
  text(length: number): string {
    let text = "";
    for (let left = this.below(length + 1); left > 0; left--) text += this.#character();
    return text;
  }

  /** A JSON value nested at most that deep. */
  json(depth: number): unknown {
    const kind = this.below(depth > 0 ? 7 : 5);
    if (kind === 0) return this.text(12);
    if (kind === 1) return this.below(2 ** 31) - 2 ** 30;
    if (kind === 2) return this.next() * 1e6;
    if (kind === 3) return this.pick([true, false, null]);
    if (kind === 4) return this.pick(["{", "}", "]", '"', "\\", '\\"', "'", "[{", '{"a":'] as const);
    const values = Array.from({ length: this.below(5) }, () => this.json(depth - 1));
    return kind === 5 ? values : Object.fromEntries(values.map((value) => [this.text(4), value]));
  }

  #character(): string {
    const special = "\0\b\t\n\v\f\r\x1b\x7f\x85\xa0\xad'\"\\ {}[],:\u2028\u2029\ufeff\ufffe\uffff\u200b\u{e0001}";
    switch (this.below(6)) {
      case 0:
        return this.pick([...special]);
      case 1:
        return String.fromCodePoint(0x20 + this.below(0x5f));
      case 2:
        return String.fromCodePoint(this.below(0x250));
      case 3:
        return this.pick([..."ãçéñ漢字かな한글😀🏳️‍🌈e\u0301"]);
      case 4: {
        const code = this.below(0x10000 - 0x800);
        return String.fromCodePoint(code < 0xd800 ? code : code + 0x800);
      }
      default:
        return String.fromCodePoint(0x10000 + this.below(0x100000));
    }
  }
}
