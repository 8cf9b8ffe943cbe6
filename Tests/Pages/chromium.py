"""Debian's Chromium, driven through its DevTools protocol over a pipe: no port, no network, no other package."""

import base64
import fcntl
import json
import os
import select
import subprocess
import tempfile
import time

OPTIONS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--remote-debugging-pipe",
]  # fmt: skip
TIMEOUT = 60


class Chromium:
    """One browser with one page."""

    def __enter__(self):
        self._profile = tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True)
        # The browser reads commands from descriptor 3 and answers on 4; ours are above, so that none is in the way.
        commands, answers = os.pipe(), os.pipe()
        ends = [fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (commands[0], answers[1])]
        program = f'exec "$0" "$@" 3<&{ends[0]} 4>&{ends[1]}'
        self._process = subprocess.Popen(
            ["bash", "-c", program, "chromium", *OPTIONS, f"--user-data-dir={self._profile.name}"],
            pass_fds=ends, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        for end in (*ends, commands[0], answers[1]):
            os.close(end)
        self._commands, self._answers = commands[1], answers[0]
        self._buffer, self._number, self.events = b"", 0, []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = None
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Log"):
            self.call(f"{domain}.enable")
        return self

    def __exit__(self, *_):
        os.close(self._commands)
        os.close(self._answers)
        self._process.terminate()
        self._process.wait(timeout=TIMEOUT)
        self._profile.cleanup()

    _session = None

    def call(self, method, **parameters):
        """The result of a command; events that come before it are kept."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._commands, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._read()
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def _read(self):
        limit = time.monotonic() + TIMEOUT
        while b"\0" not in self._buffer:
            if not select.select([self._answers], [], [], max(0, limit - time.monotonic()))[0]:
                raise RuntimeError("Chromium does not answer")
            part = os.read(self._answers, 1 << 20)
            if not part:
                raise RuntimeError("Chromium has ended: is the package chromium installed?")
            self._buffer += part
        text, self._buffer = self._buffer.split(b"\0", 1)
        return json.loads(text)

    def open(self, url, width, height=900):
        """Loads a page as a window of this width shows it; `events` are then those of this page."""
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False
        )
        self.events = []
        problem = self.call("Page.navigate", url=url).get("errorText")
        if problem:
            raise RuntimeError(f"{url}: {problem}")
        while not any(event["method"] == "Page.loadEventFired" for event in self.events):
            self.events.append(self._read())

    def evaluate(self, script):
        """The value of an expression in the page."""
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(str(answer["exceptionDetails"]))
        return answer["result"].get("value")

    def screenshot(self, x, y, width, height):
        """A part of the page as a PNG file's bytes."""
        clip = {"x": x, "y": y, "width": width, "height": height, "scale": 1}
        return base64.b64decode(self.call("Page.captureScreenshot", clip=clip, captureBeyondViewport=True)["data"])
