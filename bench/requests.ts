/** The text of every message that the bench adds. */
export const TEXT = "uma-mensagem-de-teste-nem-curta-nem-muito-longa";

/** Requests as `load.c` takes them, each on a line, so that a peer that only counts newlines can answer them. */
export const REQUEST = {
  add: `{"op": "adicionar", "id": %d, "data": "${TEXT}"}\n`,
  deleteDrawn: '{"op": "deletar", "id": %r, "data": ""}\n',
  addDrawn: `{"op": "adicionar", "id": %l, "data": "${TEXT}"}\n`,
  list: '{"op": "mostrar", "id": "", "data": ""}\n',
  set: `SET %d ${TEXT}\r\n`,
};

/** How a good answer is known: a status of 2xx from Recado, and `+OK` from Redis. */
export const GOOD = { recado: "11:2", redis: "0:+" };
