export const list = () => ["안녕하세요"];
