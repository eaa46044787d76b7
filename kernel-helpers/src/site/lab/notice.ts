/** Sentences over JupyterLab's page: about what has happened to the learner's work, or why nothing can be done here. */

const BOX =
  "position:fixed;inset:auto 1rem 1rem 1rem;z-index:10000;padding:1rem;border-radius:4px;background:#fff;color:#1b1b1b;font-size:1rem;line-height:1.6;word-break:keep-all";

/** A sentence at the bottom that stays until it is closed. *kind*: does a screen reader break in with it? */
export function notice(sentence: string, kind: "alert" | "status"): void {
  const box = document.createElement("div");
  box.setAttribute("role", kind);
  box.className = "layerbook-notice";
  box.style.cssText = `${BOX};border:2px solid ${kind === "alert" ? "#730015" : "#1f6f54"}`;
  const close = document.createElement("button");
  close.textContent = "닫기";
  close.style.cssText = "margin-left:1rem;font:inherit";
  close.onclick = () => box.remove();
  // Filled once it is in the page: otherwise it is not read out.
  document.body.append(box);
  box.append(sentence, close);
}

/** Covers the page with why it cannot work and what else there is. *site*: address of the start page. */
export function stop(title: string, sentence: string, site: URL): void {
  const page = document.createElement("main");
  page.lang = "ko";
  page.className = "layerbook-stopped";
  page.style.cssText =
    "position:fixed;inset:0;z-index:10001;overflow:auto;padding:2rem 1.25rem;background:#fff;color:#1b1b1b;font-family:'Noto Sans KR','Apple SD Gothic Neo','Malgun Gothic',sans-serif;line-height:1.7;word-break:keep-all";
  const heading = document.createElement("h1");
  heading.textContent = title;
  heading.tabIndex = -1;
  const text = document.createElement("p");
  text.textContent = sentence;
  const links = document.createElement("p");
  for (const [name, label] of [
    ["play.html", "실험실 (저장하지 않아도 빌드해 볼 수 있습니다)"],
    ["index.html", "첫 화면"],
  ] as const) {
    const link = document.createElement("a");
    link.href = new URL(name, site).href;
    link.textContent = label;
    link.style.cssText = "display:block;color:#0b4f8a";
    links.append(link);
  }
  page.append(heading, text, links);
  document.body.append(page);
  heading.focus();
}
