/** A folder that is gone when the test is over. */
export class TempFolder implements AsyncDisposable {
  /** Where it is. */
  readonly path: string;

  /** @param parent where it is made; where the system keeps such unless it is said */
  constructor(parent?: string) {
    this.path = Deno.makeTempDirSync({ prefix: "recado-test-", dir: parent });
  }

  /** The path of a file in it. */
  file(name: string): string {
    return `${this.path}/${name}`;
  }

  /** Removes the folder and what is in it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}
