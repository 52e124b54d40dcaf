/** Prints `N passed, N failed` from the JUnit report it is given, and fails unless tests ran and all of them passed. */
const report = await Deno.readTextFile(Deno.args[0]);
const count = (pattern: RegExp) => [...report.matchAll(pattern)].length;
const failed = count(/<(failure|error)[ >]/g);
const skipped = count(/<skipped/g);
const passed = count(/<testcase /g) - failed - skipped;
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
Deno.exit(passed > 0 && failed === 0 ? 0 : 1);
