"""Opens pages in Debian's Chromium as a telephone and as a desk shows them, and prints what a person could not see.

    check_pages.py [--screenshots FOLDER] PAGE.html...

Pictures without a size, without a colour or without a description, letters that are cut off, too small or too faint, that
lie over each other or over curves or leave no gap, words that are broken,
whatever reaches beyond the window, requests that fail or go elsewhere, errors of the console. The status is 1 if there are any.
"""

import argparse
import io
import pathlib
import sys
import urllib.parse

import numpy as np
from PIL import Image

from chromium import Chromium

WIDTHS = (400, 1200)
PROBE = (pathlib.Path(__file__).parent / "probe.js").read_text()
# Every picture of ours has marks in a colour; letters and axes are grey.
FEWEST_COLOURED = 12
COLOURED = 40


def network_faults(events, page):
    """What was asked of others, what failed, and what the console says."""
    folder = page.parent.as_uri() + "/"
    for event in events:
        method, parameters = event["method"], event["params"]
        if method == "Network.requestWillBeSent":
            url = parameters["request"]["url"]
            if not url.startswith(("data:", folder)):
                yield f"asks for {url[:80]}"
        elif method == "Network.loadingFailed":
            yield f"a request failed: {parameters['errorText']}"
        elif method == "Runtime.exceptionThrown":
            yield f"exception: {parameters['exceptionDetails']['text']}"
        elif method == "Runtime.consoleAPICalled" and parameters["type"] in ("error", "warning"):
            yield f"console: {parameters['args']}"
        elif method == "Log.entryAdded" and parameters["entry"]["level"] in ("error", "warning"):
            yield f"console: {parameters['entry']['text']} {parameters['entry'].get('url', '')[:80]}"


def is_coloured(png):
    pixels = np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)
    return (pixels.max(axis=2) - pixels.min(axis=2) >= COLOURED).sum() >= FEWEST_COLOURED


def page_faults(browser, page, width, screenshots, seen):
    browser.open(page.as_uri(), width)
    found = browser.evaluate(PROBE)
    yield from found["faults"]
    yield from network_faults(browser.events, page)
    for picture in found["pictures"]:
        box = [picture[key] for key in ("x", "y", "width", "height")]
        if min(box[2:]) >= 1 and not is_coloured(browser.screenshot(*box)):
            yield f"{picture['name']} shows nothing"
    if screenshots:
        name = "-".join(page.with_suffix("").parts[-3:]) + f"-{width}.png"
        (screenshots / name).write_bytes(browser.screenshot(0, 0, width, min(found["height"], 12000)))
    for chart in found["charts"]:
        # The letters within a picture, at its own size.
        if chart not in seen:
            seen.add(chart)
            browser.open(chart, 1200)
            yield from (f"{urllib.parse.unquote(chart)[-40:]}: {fault}" for fault in browser.evaluate(PROBE)["faults"])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--screenshots", type=pathlib.Path)
    parser.add_argument("pages", nargs="+", type=pathlib.Path)
    options = parser.parse_args()
    if options.screenshots:
        options.screenshots.mkdir(parents=True, exist_ok=True)
    count = 0
    with Chromium() as browser:
        seen = set()
        for page in options.pages:
            for width in WIDTHS:
                for fault in page_faults(browser, page.resolve(), width, options.screenshots, seen):
                    count += 1
                    print(f"{page} at {width} pixels: {fault}")
    print(f"{len(options.pages)} pages, {count} faults", file=sys.stderr)
    sys.exit(1 if count else 0)


if __name__ == "__main__":
    main()
