const express = require("express");
const app = express();
app.get("/", (req, res) => res.send("어서 오세요"));
app.listen(80);
