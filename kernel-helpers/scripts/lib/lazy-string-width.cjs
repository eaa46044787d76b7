// string-width, loaded at its first use (see bundle.mjs).
let width;
exports.__esModule = true;
exports.default = (text) => (width ??= require("string-width").default)(text);
