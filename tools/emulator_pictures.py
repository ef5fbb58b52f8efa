"""Pictures of the emulator's page, made in Chromium: ``python -m tools.emulator_pictures``."""

from __future__ import annotations

import contextlib
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import requests
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from pulumi_comfycontrol.emulator import Emulator

FOLDER = Path(__file__).parents[1] / "docs" / "images"
#: name → width and height in pixels, and the reader's scheme
PICTURES = {"emulator-wide": (1280, 1180, "light"), "emulator-narrow": (390, 1180, "dark")}
_OPTIONS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars")


def main() -> int:
    """Take all pictures; returns 2 where there is no Chromium."""
    browser, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not browser or not driver:
        sys.stderr.write("install Chromium first (Debian: apt install chromium chromium-driver)\n")
        return 2
    FOLDER.mkdir(exist_ok=True)
    with Emulator(8787) as emulator, tempfile.TemporaryDirectory() as profile:
        _fill(emulator)
        options = webdriver.ChromeOptions()
        options.binary_location = browser
        for one in (*_OPTIONS, f"--user-data-dir={profile}"):
            options.add_argument(one)
        chrome = webdriver.Chrome(options=options, service=Service(driver))
        try:
            for name, (width, height, scheme) in PICTURES.items():
                _take(chrome, emulator.url, FOLDER / f"{name}.png", (width, height), scheme)
        finally:
            chrome.quit()
    return 0


def _take(chrome: Any, url: str, file: Path, size: tuple[int, int], scheme: str) -> None:
    metrics = {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": False}
    chrome.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    feature = {"name": "prefers-color-scheme", "value": scheme}
    chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
    chrome.get(url)
    time.sleep(2.5)
    chrome.save_screenshot(str(file))


def _fill(emulator: Emulator) -> None:
    """An account as after some work: objects, faults, settings, and a 429 in the last minute."""
    emulator.runners.seed_many(
        {
            "name": "GPU in Paris",
            "endpoint": "https://paris.example.com:8188",
            "tags": ["production", "gpu-a100"],
            "headers": {"X-Farm-Key": "secret"},
        },
        {"name": "Old machine", "endpoint": "http://192.168.1.20:8188", "status": "disabled"},
        {"name": "Render 7", "endpoint": "https://render.example.com", "reachable": False},
    )
    emulator.templates.seed(name="Portrait", description="Makes a portrait of a text", body={})
    emulator.settings.change({"delete": "202-later"})
    emulator.fault("drop_after", "POST", "/v1/runner", skip=1)
    emulator.fault("status", "PUT", "/v1/runner/*", status=503, times=3)
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {emulator.token}"

        def send(count: int, method: str = "GET", path: str = "/v1/runner", **options: Any) -> None:
            for _ in range(count):
                with contextlib.suppress(requests.ConnectionError):
                    session.request(method, emulator.url + path, timeout=10, **options)

        new = {"name": "Render 8", "endpoint": "https://render.example.com"}
        for turn in range(9):
            send(3 + turn % 3)
            send(1, "GET", "/v1/runner/9f1c1b7e-6c0a-4f5e-8d3b-3f6a1b2c4d5e")
            emulator.clock.advance(2.5)
        send(30)
        emulator.clock.advance(12)
        send(6)
        emulator.clock.advance(3)
        send(2, "POST", "/v1/runner", json=new)
        send(9)


if __name__ == "__main__":
    sys.exit(main())
