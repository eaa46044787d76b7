/** Cache keys: what an operation is, the graph of keys and results, and why a key missed. */

export * from "./cache-map";
export * from "./differences";
export * from "./explain";
export * from "./go-json";
export * from "./key-store";
export { readableValue } from "./operation-words";
export * from "./op-json";
