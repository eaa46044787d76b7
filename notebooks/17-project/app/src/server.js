const express = require("express");
const app = express();
app.get("/", (req, res) => res.send("메모 서비스"));
app.listen(80);
