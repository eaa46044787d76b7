import { list } from "./api.js";
document.body.textContent = "메모장 " + list().length + "개";
