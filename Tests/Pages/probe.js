// What of a page a person cannot see: a list of sentences, and where the pictures are.
(async () => {
  // A browser fetches pictures far below the window late.
  for (const image of document.images) { try { await image.decode(); } catch (_) { /* told below */ } }
  const faults = [], pictures = [];
  const wide = document.documentElement.clientWidth || window.innerWidth;
  const isPage = document.documentElement.localName === "html";

  function named(element) {
    const name = element.getAttribute("src")?.slice(0, 40) || element.getAttribute("aria-label") || element.textContent.trim().slice(0, 40);
    return `<${element.localName} ${name}>`;
  }

  for (const picture of document.querySelectorAll("img, svg, canvas")) {
    if (picture.ownerSVGElement) continue;
    const box = picture.getBoundingClientRect();
    if (Math.min(box.width, box.height) < 40)
      faults.push(`${named(picture)} is ${box.width} x ${box.height} pixels`);
    if (picture.localName === "img" && !(picture.naturalWidth > 0 && picture.naturalHeight > 0))
      faults.push(`${named(picture)} cannot be drawn`);
    if (!picture.getAttribute("alt") && !picture.getAttribute("aria-label") && isPage)
      faults.push(`${named(picture)} has no description`);
    pictures.push({ name: named(picture), x: box.x + scrollX, y: box.y + scrollY, width: box.width, height: box.height });
    if (picture.localName !== "svg") continue;
    for (const text of picture.querySelectorAll("text")) {
      const part = text.getBoundingClientRect();
      if (part.width === 0) continue;
      if (part.left < box.left - 1 || part.right > box.right + 1 || part.top < box.top - 1 || part.bottom > box.bottom + 1)
        faults.push(`${named(picture)}: '${text.textContent}' is cut off`);
    }
  }

  if (isPage) {
    if (document.documentElement.scrollWidth > wide)
      faults.push(`the page is ${document.documentElement.scrollWidth} pixels wide`);
    for (const element of document.body.querySelectorAll("*")) {
      const box = element.getBoundingClientRect();
      if (box.right > wide + 1 || box.left < -1) faults.push(`${named(element)} reaches from ${box.left} to ${box.right}`);
    }
  }

  // Contrast of letters: WCAG 2.1, 1.4.3, which asks for 4.5.
  function channels(color) { return (color.match(/[\d.]+/g) || []).map(Number); }
  function luminance(color) {
    const [r, g, b] = color.slice(0, 3).map(c => c / 255).map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  }
  function background(element) {
    for (let e = element; e; e = e.parentElement) {
      const color = channels(getComputedStyle(e).backgroundColor);
      if (color.length === 3 || color[3] > 0.5) return color;
    }
    return [255, 255, 255];
  }
  const texts = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const parent = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || ["title", "desc", "style", "script"].includes(parent.localName)) continue;
    const range = document.createRange();
    range.selectNodeContents(texts.currentNode);
    const box = range.getBoundingClientRect();
    const style = getComputedStyle(parent), isDrawn = Boolean(parent.ownerSVGElement);
    const [one, other] = [channels(isDrawn ? style.fill : style.color), background(parent)].map(luminance);
    const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    if (contrast < 4.5 && isPage) faults.push(`'${texts.currentNode.data.trim().slice(0, 40)}' has a contrast of ${contrast.toFixed(1)}`);
    // A line's box is a little higher than its letters' size.
    if (box.height > 0 && box.height < 9) faults.push(`'${texts.currentNode.data.trim().slice(0, 40)}' is ${box.height.toFixed(1)} pixels high`);
  }
  return { faults, pictures, height: document.documentElement.scrollHeight, charts: [...document.images].map(i => i.src).filter(s => s.endsWith(".svg")) };
})()
