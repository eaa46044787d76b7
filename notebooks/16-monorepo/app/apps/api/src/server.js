const express = require("express");
const app = express();
app.get("/memos", (req, res) => res.json([]));
app.listen(8080);
