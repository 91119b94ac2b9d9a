"""A profile's services behind gates, so that a test can make any of them hang or die."""

from __future__ import annotations

from dataclasses import dataclass, replace

from console.ops.health import Name
from console.ops.profiles import Profile
from tests.services.dead_ends import HOST, Gate
from worker.core.addresses import Address
from worker.core.settings import Settings

FIELDS: dict[Name, str] = {"postgres": "database_url", "redis": "broker_url", "s3": "s3_endpoint"}


def profile(settings: Settings, name: str = "tests") -> Profile:
    return Profile(name, f"profile {name}", settings)


def elsewhere(settings: Settings, service: Name, host: str, port: int) -> Settings:
    """The same settings with one service at another address."""
    field = FIELDS[service]
    moved = f"{host}:{port}"
    if service != "s3":
        moved = replace(Address.parse(getattr(settings, field)), host=host, port=port).url
    changes: dict[str, str] = {field: moved}
    return replace(settings, **changes)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Gates:
    """The settings that lead through the gates, and the gates."""

    settings: Settings
    by_name: dict[Name, Gate]

    @classmethod
    def before(cls, settings: Settings) -> Gates:
        by_name: dict[Name, Gate] = {}
        for service, field in FIELDS.items():
            text = getattr(settings, field)
            address = Address.parse(text if "://" in text else f"http://{text}")
            assert address.port
            by_name[service] = Gate((address.host, address.port))
            settings = elsewhere(settings, service, HOST, by_name[service].port)
        return cls(settings, by_name)

    def close(self) -> None:
        for gate in self.by_name.values():
            gate.flow()
            gate.close()
