import { choice, flag, integer, seconds, text } from "../cli/mod.ts";
import { OUTPUT_MODES } from "./output.ts";

/** The options of `recado send`. */
export const SEND_OPTIONS = {
  host: text({ value: "HOST", default: "127.0.0.1", help: "name or address of the server" }),
  port: integer({ default: 5000, min: 1, max: 65535, help: "its TCP port" }),
  unix: text({ value: "PATH", default: "", help: "the server's Unix socket, in place of host and port" }),
  tls: flag({ help: "speak TLS" }),
  "tls-ca": text({ value: "FILE", default: "", help: "speak TLS, and also trust the authorities in FILE (PEM)" }),
  "token-file": text({ value: "FILE", default: "", help: "show the server the token in FILE, mode 0600" }),
  timeout: seconds({ default: 5, help: "time for an answer; 0 is no limit" }),
  "connect-timeout": seconds({ default: 5, help: "time for the connection; 0 is no limit" }),
  retry: integer({ default: 0, min: 0, max: 1000, help: "times to try again when there is no connection" }),
  "retry-delay": seconds({
    default: 0.5,
    help: "time before the first retry; doubles each time, up to 30, less up to half of it by chance",
  }),
  output: choice({
    short: "o",
    value: "FORM",
    default: "",
    choices: OUTPUT_MODES,
    help: `what is printed: ${OUTPUT_MODES.join(", ")}; text on a terminal and raw elsewhere`,
  }),
  json: flag({ help: "the same as --output json" }),
  quiet: flag({ short: "q", help: "print nothing, only set the exit code" }),
  file: text({ short: "f", value: "FILE", default: "", commandLineOnly: true, help: "read the text to add from FILE" }),
  "keep-newline": flag({ help: "keep the newline at the end of a text that is read" }),
  requests: text({
    value: "FILE",
    default: "",
    commandLineOnly: true,
    help: "send the requests in FILE, JSON; - is stdin",
  }),
  lines: flag({ commandLineOnly: true, help: "add every line of stdin as a message" }),
  null: flag({ short: "0", commandLineOnly: true, help: "with --lines: messages end with NUL, not newline" }),
  health: flag({ commandLineOnly: true, help: "exit 0 if the server answers; prints only why not" }),
  help: flag({ short: "h", commandLineOnly: true, help: "print this and exit" }),
  version: flag({ commandLineOnly: true, help: "print the version and exit" }),
};
