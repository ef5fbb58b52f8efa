"""Holds every runner of a program against rules; a broken one stops the preview or update."""

from collections.abc import Callable, Mapping
from typing import Any

import pulumi

from pulumi_comfycontrol import Runner

#: Returns what is wrong with a property's value, or None.
Rule = Callable[[Any], str | None]


def enforce(rules: Mapping[str, Rule]) -> None:
    """Check each runner that is declared after this call; ``rules`` are by property.

    No runner is registered before the whole program has run. If it broke rules by then, there is
    one message that names all of them, and no runner. A value that is an output is checked when
    it is known; what it breaks stops its own runner, and those that are not registered yet.
    """
    violations: list[str] = []

    def check(name: str, key: str, value: Any) -> None:
        fault = rules[key](value)
        if fault is not None:
            violations.append(f"{name}: {key} {fault}")

    def held(name: str, key: str, value: Any) -> pulumi.Output[Any]:
        """Let the value through once it, and all that was checked before, is in order."""
        late = _has_outputs(value)
        if not late:
            check(name, key, value)

        def pass_on(known: Any) -> Any:
            if late:
                check(name, key, known)
            if violations:
                raise pulumi.RunError("\n  ".join(["runners break the policy:", *violations]))
            return known

        return pulumi.Output.from_input(value).apply(pass_on)

    # Pulumi's newer transforms are called when the engine registers a resource: one after
    # another, and too late to name all at once.
    def hold(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        if not isinstance(args.resource, Runner) or args.opts.id is not None:
            return None  # another resource, or one that is only read
        checked = {key: held(args.name, key, args.props.get(key)) for key in rules}
        return pulumi.ResourceTransformationResult({**args.props, **checked}, args.opts)

    pulumi.runtime.register_stack_transformation(hold)


def _has_outputs(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(map(_has_outputs, value.values()))
    if isinstance(value, list | tuple):
        return any(map(_has_outputs, value))
    return isinstance(value, pulumi.Output)
