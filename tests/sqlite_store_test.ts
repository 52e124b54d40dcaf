import { openStore } from "../server/store/mod.ts";
import { storeContract } from "./store_contract.ts";
import { BOARDS } from "./support/redo.ts";
import { TempFolder } from "./support/temp_folder.ts";

for (const { kind, parent, ignore } of BOARDS) {
  storeContract(`sqlite ${kind}`, async (test) => {
    await using folder = new TempFolder(parent);
    await using store = await openStore(`sqlite:${folder.file("board.db")}`);
    await test(store);
  }, ignore);
}
