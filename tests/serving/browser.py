"""A headless Chromium, steered over its DevTools protocol."""

import asyncio
import base64
import contextlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

import aiohttp

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class Page:
    """One page of the browser."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse):
        self._socket = socket
        self._number = 0
        self.problems = []

    async def command(self, method: str, **parameters):
        """The result of a DevTools command; what the page complains of meanwhile goes to `problems`."""
        self._number += 1
        await self._socket.send_json({"id": self._number, "method": method, "params": parameters})
        while True:
            message = json.loads(await self._socket.receive_str(timeout=60))
            if message.get("method") in ("Runtime.exceptionThrown", "Log.entryAdded"):
                self.problems.append(message["params"])
            if message.get("id") == self._number:
                assert "error" not in message, message
                return message["result"]

    async def evaluate(self, expression: str):
        """The value of a JavaScript expression in the page."""
        result = await self.command("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    async def until(self, expression: str, seconds: float = 60.0):
        """Waits for a JavaScript expression to be true."""
        deadline = time.monotonic() + seconds
        while not await self.evaluate(f"Boolean({expression})"):
            assert time.monotonic() < deadline, f"{expression} is not true; {self.problems}"
            await asyncio.sleep(0.05)

    async def open(self, url: str) -> None:
        await self.command("Page.navigate", url="about:blank")  # or another fragment would be no new page
        await self.command("Page.navigate", url=url)
        await self.until("document.readyState === 'complete' && location.href !== 'about:blank'")

    async def screenshot(self, path: pathlib.Path) -> None:
        picture = await self.command("Page.captureScreenshot", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(picture["data"]))


@contextlib.asynccontextmanager
async def open_page(width: int = 1000, height: int = 1300):
    """A page of a browser that is gone at the end."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:  # its children may take a moment to end
        # The sandbox cannot be had as root or in containers; what is opened is our own page.
        command = [CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                   "--remote-debugging-port=0", f"--user-data-dir={profile}", f"--window-size={width},{height}",
                   "--no-first-run", "--disable-background-networking", "about:blank"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                   start_new_session=True)
        try:
            port_file = pathlib.Path(profile) / "DevToolsActivePort"
            deadline = time.monotonic() + 60
            while not (port_file.exists() and port_file.read_text().count("\n")):
                assert process.poll() is None, "chromium does not start"
                assert time.monotonic() < deadline
                await asyncio.sleep(0.05)
            address = f"http://127.0.0.1:{port_file.read_text().splitlines()[0]}/json/list"
            async with aiohttp.ClientSession() as session:
                async with session.get(address) as response:
                    targets = await response.json(content_type=None)
                url = next(target["webSocketDebuggerUrl"] for target in targets if target["type"] == "page")
                async with session.ws_connect(url, max_msg_size=0) as socket:
                    page = Page(socket)
                    for domain in ("Page", "Runtime", "Log"):
                        await page.command(f"{domain}.enable")
                    yield page
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
