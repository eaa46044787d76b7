document.body.append(button("메모 쓰기"));
