import { openStore } from "../server/store/mod.ts";
import { storeContract } from "./store_contract.ts";

storeContract("memory", async (test) => {
  await using store = await openStore("memory");
  await test(store);
});
