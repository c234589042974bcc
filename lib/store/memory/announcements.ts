/** New series of a group, which a push shows at 0 until Prometheus has had the time to see them so. */
export class Announcements {
  /** When each was made. */
  readonly #new = new Map<string, number>();
  /** Pushes that have succeeded meanwhile, in their order. */
  #shown: { readonly takenAt: number; readonly endedAt: number }[] = [];

  add(family: string, labels: string): void {
    this.#new.set(idOf(family, labels), Date.now());
  }

  has(family: string, labels: string): boolean {
    return this.#new.has(idOf(family, labels));
  }

  shown(takenAt: number): void {
    if (this.#new.size > 0) this.#shown.push({ takenAt, endedAt: Date.now() });
  }

  /** A push shows what was made before it took its turn. */
  release(shownForMs: number): void {
    const now = Date.now();
    const latest = this.#shown.findLast(({ endedAt }) => endedAt <= now - shownForMs);
    const before = shownForMs === 0 ? Infinity : (latest?.takenAt ?? -Infinity);
    for (const [id, madeAt] of this.#new) if (madeAt < before) this.#new.delete(id);
    this.#shown = this.#new.size === 0 ? [] : this.#shown.filter(({ takenAt }) => takenAt >= before);
  }
}

function idOf(family: string, labels: string): string {
  return `${family}{${labels}`;
}
