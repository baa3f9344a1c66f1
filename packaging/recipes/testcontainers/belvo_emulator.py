# Copy this file beside your tests. It needs Docker, the image of the emulator, and testcontainers from PyPI.
from __future__ import annotations

from uuid import uuid4

from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import LogMessageWaitStrategy

PORT = 23586
READY_LINE = "belvo-emulator ready on "


class BelvoContainer(DockerContainer):
    """An emulator in a container: `with BelvoContainer() as belvo:`."""

    def __init__(self, image: str = "belvo-emulator") -> None:
        super().__init__(image)
        self.with_exposed_ports(PORT)
        # Awaiting a webhook moves the time on to it, so that nobody waits.
        self.with_env("BELVO_EMULATOR_CLOCK", "skip")
        self.waiting_for(LogMessageWaitStrategy(READY_LINE))

    @property
    def base_url(self) -> str:
        return f"http://{self.get_container_host_ip()}:{self.get_exposed_port(PORT)}"

    def keys(self, name: str = "test") -> tuple[str, str]:
        """Keys that no other test has, and so an account of its own."""
        return f"{name}-{uuid4()}", "a-password"
