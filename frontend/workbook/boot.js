// Runs the program that extracts a sheet of a workbook, for the one message that this worker gets.
import init, { extract } from "./{{script}}";

onmessage = async ({ data: [bytes, sheet] }) => {
  let failure = "not loaded";
  try {
    await init({ module_or_path: "/{{wasm}}" });
    failure = "stopped";
    postMessage(extract(bytes, sheet));
  } catch {
    // The error isn't written to the console: its text could hold a number.
    postMessage(failure);
  }
};
