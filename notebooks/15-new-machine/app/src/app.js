import { list } from "./api.js";
document.body.textContent = "메모 " + list().length + "개";
