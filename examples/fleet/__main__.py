"""Many ComfyUI machines from one file, each a resource with a stable name."""

from pathlib import Path
from typing import Literal

import pulumi
import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from pulumi_comfycontrol import Runner


class Machine(BaseModel):
    """One entry of runners.yaml; a misspelt key is an error."""

    model_config = ConfigDict(extra="forbid")

    name: str
    endpoint: str
    tags: list[str] = []
    status: Literal["active", "disabled"] = "active"
    #: Whether the machine asks for the Authorization header that is in the stack's config.
    authorize: bool = False


FILE = Path(__file__).with_name("runners.yaml")


def load() -> dict[str, Machine]:
    """Read the file; what is wrong with it is one message that names every place."""
    try:
        return TypeAdapter(dict[str, Machine]).validate_python(yaml.safe_load(FILE.read_text()))
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]
        raise pulumi.RunError(f"{FILE.name} has mistakes:\n  " + "\n  ".join(faults)) from None


authorization = pulumi.Config().require_secret("authorization")

runners = {
    key: Runner(
        key,
        name=machine.name,
        endpoint=machine.endpoint,
        tags=machine.tags,
        status=machine.status,
        headers={"Authorization": authorization} if machine.authorize else {},
    )
    for key, machine in load().items()
}

pulumi.export("ids", {key: runner.id for key, runner in runners.items()})
