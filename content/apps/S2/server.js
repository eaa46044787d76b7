const express = require("express");
const app = express();
app.get("/", (req, res) => res.send("반갑습니다"));
app.listen(80);
