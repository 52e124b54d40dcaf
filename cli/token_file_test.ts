import { assertEquals, assertRejects } from "@std/assert";
import { TempFolder } from "../tests/support/temp_folder.ts";
import { ConfigurationError, readTokenFile } from "./mod.ts";

const GOOD: [content: string, token: string][] = [
  ["segredo", "segredo"],
  ["segredo\n", "segredo"],
  [' "a\\é👍 \n', ' "a\\é👍 '],
  ["x".repeat(1024), "x".repeat(1024)],
  [`${"x".repeat(1024)}\n`, "x".repeat(1024)],
];

Deno.test("token file: one newline at its end is dropped, and the rest is the token", async () => {
  await using folder = new TempFolder();
  for (const [content, token] of GOOD) {
    await Deno.writeTextFile(folder.file("token"), content, { mode: 0o600 });
    assertEquals(await readTokenFile(folder.file("token")), token);
  }
});

const BAD: [name: string, content: string | Uint8Array, why: string][] = [
  ["empty", "", "it is empty"],
  ["a newline", "\n", "it is empty"],
  ["two newlines at its end", "a\n\n", "it is not one line of text"],
  ["two lines", "a\nb", "it is not one line of text"],
  ["a line of Windows", "a\r\n", "it is not one line of text"],
  ["not UTF-8", Uint8Array.of(0xff), "it is not UTF-8"],
  ["1,025 bytes", "x".repeat(1025), "it is larger than 1024 bytes"],
  ["5,000 bytes", "x".repeat(5000), "it is larger than 1024 bytes"],
];

for (const [name, content, why] of BAD) {
  Deno.test(`token file: ${name} is refused`, async () => {
    await using folder = new TempFolder();
    const path = folder.file("token");
    await Deno.writeFile(path, typeof content === "string" ? new TextEncoder().encode(content) : content, {
      mode: 0o600,
    });
    const { message } = await assertRejects(() => readTokenFile(path), ConfigurationError);
    assertEquals(message, `Cannot use the token file ${JSON.stringify(path)}: ${why}`);
  });
}

Deno.test({
  name: "token file: what group or others may read, write or run is refused",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using folder = new TempFolder();
    const path = folder.file("token");
    await Deno.writeTextFile(path, "segredo");
    for (const mode of [0o640, 0o620, 0o610, 0o604, 0o602, 0o601, 0o644, 0o777]) {
      await Deno.chmod(path, mode);
      await assertRejects(() => readTokenFile(path), ConfigurationError, `its mode is ${mode.toString(8)}`);
    }
    for (const mode of [0o600, 0o400, 0o700]) {
      await Deno.chmod(path, mode);
      assertEquals(await readTokenFile(path), "segredo");
    }
  },
});

Deno.test("token file: one that is not there, and a folder, are refused", async () => {
  await using folder = new TempFolder();
  await assertRejects(() => readTokenFile(folder.file("none")), ConfigurationError, "No such file");
  await assertRejects(() => readTokenFile(folder.path), ConfigurationError, "Cannot use the token file");
});
