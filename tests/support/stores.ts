import { TempFolder } from "./temp_folder.ts";

/**
 * Registers a test for every engine.
 *
 * @param name what holds
 * @param fn takes the URL of an empty board
 */
export function onEachStore(name: string, fn: (store: string) => Promise<void>): void {
  Deno.test(`memory: ${name}`, () => fn("memory"));
  Deno.test(`sqlite: ${name}`, async () => {
    await using folder = new TempFolder();
    await fn(`sqlite:${folder.file("board.db")}`);
  });
}
