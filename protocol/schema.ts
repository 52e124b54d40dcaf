import * as z from "zod/mini";

/**
 * The shapes of what comes over the wire. Load this file only when it is needed: zod's start is a fifth of a one-shot client's time
 * (docs/decisions.md, "`node:` modules and zod are loaded late").
 */

/** An id of a message: a safe integer, |id| ≤ 2^53 − 1 (docs/protocol.md, "Requests"). */
export const MessageId: z.ZodMiniNumber<number> = z.int();

/** The text of a message: any well-formed Unicode, so no lone surrogate; U+0000 is fine. */
const MessageText = z.string().check(z.refine((text) => text.isWellFormed()));

/** A request, by its operation. */
export const WireRequest = z.discriminatedUnion("op", [
  z.object({ op: z.literal("mostrar"), data: z.optional(z.unknown()) }),
  z.object({ op: z.literal("adicionar"), id: z.optional(z.union([MessageId, z.literal("")])), data: MessageText }),
  z.object({ op: z.literal("deletar"), id: MessageId }),
  z.object({ op: z.literal("autenticar"), data: z.optional(z.unknown()) }),
]);

/** What every request has. */
export const Envelope = z.object({ op: z.string() });

/** An answer; other members are dropped. */
export const WireResponse = z.object({ status: z.int(), message: z.string(), data: z.string() });

/** A listing, decoded. */
export const WireListing = z.array(z.object({ id: MessageId, mensagem: z.string() }));
