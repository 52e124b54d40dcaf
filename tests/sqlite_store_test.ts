import { openStore } from "../server/store/mod.ts";
import { storeContract } from "./store_contract.ts";
import { TempFolder } from "./support/temp_folder.ts";

storeContract("sqlite", async (test) => {
  await using folder = new TempFolder();
  await using store = await openStore(`sqlite:${folder.file("board.db")}`);
  await test(store);
});
