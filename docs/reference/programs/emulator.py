"""A test of what a lookup does when the API is busy."""

from pulumi_comfycontrol import get_runners
from pulumi_comfycontrol.emulator import Emulator


def test_a_busy_api_is_asked_again(monkeypatch):
    with Emulator() as emulator:
        monkeypatch.setenv("COMFYCONTROL_API_URL", emulator.url)
        monkeypatch.setenv("COMFYCONTROL_API_TOKEN", emulator.token)
        emulator.runners.seed(name="GPU", endpoint="https://comfy.example.com")
        emulator.fault("status", "GET", "/v1/runner", status=503, times=1)
        assert [runner.name for runner in get_runners()] == ["GPU"]
        assert [request.status for request in emulator.requests] == [503, 200]
