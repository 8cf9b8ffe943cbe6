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

  // Letters over letters, over curves, next to each other without a gap, and words that are broken.
  const lines = [];
  const walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode, parent = text.parentElement;
    if (!text.data.trim() || ["title", "desc", "style", "script", "option"].includes(parent.localName)) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    for (const box of range.getClientRects()) if (box.width > 0) lines.push({ box, name: text.data.trim().slice(0, 40) });
    if (parent.ownerSVGElement) continue;
    for (const word of text.data.matchAll(/\S+/g)) {
      range.setStart(text, word.index);
      range.setEnd(text, word.index + word[0].length);
      // Hyphens are places to break at, and so is any letter of a word that no line has room for.
      const tops = new Set([...range.getClientRects()].map(r => Math.round(r.top)));
      if (tops.size > 1 && word[0].length <= 20 && !/[-/]/.test(word[0]))
        faults.push(`'${word[0]}' is broken into ${tops.size} lines`);
    }
  }
  for (const cell of document.querySelectorAll("td[data-column]")) {
    const before = getComputedStyle(cell, "::before");
    if (before.float !== "left" || !cell.firstChild) continue;
    const range = document.createRange();
    range.selectNodeContents(cell);
    const canvas = document.createElement("canvas").getContext("2d");
    canvas.font = before.font;
    const end = cell.getBoundingClientRect().left + canvas.measureText(cell.dataset.column).width;
    const gap = Math.min(...[...range.getClientRects()].map(r => r.left)) - end;
    if (gap < 5) faults.push(`'${cell.dataset.column}' and '${cell.textContent}' are ${gap.toFixed(1)} pixels apart`);
  }
  // A line's box is that of tall letters with room above and below, which a curve may go through.
  function letters(box) { return { left: box.left, right: box.right, top: box.top + box.height / 6, bottom: box.bottom - box.height / 6 }; }
  function overlap(a, b) { return Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > (isPage ? 1 : -2); }
  for (let k = 0; k < lines.length; k++)
    for (let n = 0; n < k; n++)
      if (overlap(lines[k].box, lines[n].box))
        faults.push(`'${lines[k].name}' and '${lines[n].name}' overlap`);
  if (!isPage) {
    for (const curve of document.querySelectorAll("path")) {
      const style = getComputedStyle(curve), matrix = curve.getScreenCTM();
      // Axes and their ticks are black.
      if (style.stroke === "none" || Math.max(...channels(style.stroke)) < 60 || !curve.getTotalLength) continue;
      const length = curve.getTotalLength();
      for (let s = 0; s <= length; s += 3) {
        const p = curve.getPointAtLength(s).matrixTransform(matrix);
        const under = lines.find(({ box }) => { const l = letters(box); return p.x > l.left && p.x < l.right && p.y > l.top && p.y < l.bottom; });
        if (under) { faults.push(`a curve goes through '${under.name}'`); break; }
      }
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
