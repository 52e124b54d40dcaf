import { assertEquals } from "@std/assert";
import { escapeData, readResponse, responseLine, Status } from "../protocol/mod.ts";
import { pure } from "../tests/support/pure.ts";
import { Random } from "../tests/support/random.ts";
import { answerLines, answersIn, runOf } from "./answer_run.ts";

/** Which kind of answer a line is, if it is plain to its end. */
function kindOf(line: string): number | undefined {
  const kind = answerLines().findIndex((pattern) => {
    pattern.lastIndex = 0;
    return pattern.test(line) && pattern.lastIndex === line.length;
  });
  return kind < 0 ? undefined : kind;
}

const PLAIN: number[] = [Status.Added, Status.Deleted, Status.NotAdded, Status.NoSuchId, Status.NotDeleted];
const DATA = ["", "1", "9007199254740991", "Não é", "id 3 is taken", "漢😀", "'}{'", "\x7f\u2028"];

pure("answer runs: plain lines are the answers that the long way reads", async () => {
  for (const status of Object.values(Status)) {
    for (const data of DATA) {
      const line = responseLine(status, data), kind = kindOf(line);
      assertEquals(kind !== undefined, PLAIN.includes(status), line);
      if (kind === undefined) continue;
      const text = line.trimEnd(), answer = { ...await readResponse(text), text };
      assertEquals(answersIn(runOf(kind, 3, line.repeat(3))), [answer, answer, answer]);
    }
  }
});

pure("answer runs: a line with an escape in it, or in another form, is not plain", () => {
  const random = new Random(3);
  for (let round = 0; round < 1000; round++) {
    const data = random.text(12);
    assertEquals(kindOf(responseLine(Status.Added, data)) !== undefined, escapeData(data) === data);
  }
  const line = responseLine(Status.Added, "7");
  const others = [
    line.trimEnd(),
    ` ${line}`,
    line.replace("201", "202"),
    line.replace(": ", ":"),
    line.replaceAll('"', "'"),
    line.replace('"7"', "7"),
    line.replace("}", ', "more": 1}'),
    line.replace("7", '7", "data": "8'),
  ];
  for (const other of others) assertEquals(kindOf(other), undefined, other);
});
