import type { Row } from "../figure.ts";
import { ADD_ROWS } from "./add.ts";
import { CROWD_ROWS } from "./crowd.ts";
import { LIST_ROWS } from "./list.ts";
import { SEND_ROWS } from "./send.ts";
import { START_ROW } from "./start.ts";

/** The goal table, in its order. */
export const ROWS: readonly Row[] = [...ADD_ROWS, ...LIST_ROWS, ...CROWD_ROWS, START_ROW, ...SEND_ROWS];
