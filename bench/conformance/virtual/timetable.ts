/** What is planned, earliest first; what was planned first goes first among equals. */
export class Timetable {
  readonly #entries: { readonly atMs: number; readonly run: () => void }[] = [];

  get nextAtMs(): number | null {
    return this.#entries[0]?.atMs ?? null;
  }

  plan(atMs: number, run: () => void): void {
    let index = this.#entries.length;
    while (index > 0 && (this.#entries[index - 1]?.atMs ?? 0) > atMs) index--;
    this.#entries.splice(index, 0, { atMs, run });
  }

  runNext(): void {
    this.#entries.shift()?.run();
  }
}
