"""Functions that look up templates."""

from __future__ import annotations

import pulumi

from ..core import lookups
from ..core.types.template import TemplateInfo, TemplateSummary
from ..resources.provider import Provider
from .invoke import later, now


def get_template(
    id: str | None = None,
    *,
    name: str | None = None,
    account: Provider | None = None,
    opts: pulumi.InvokeOptions | None = None,
) -> TemplateInfo:
    """Return the template with the id, or the only one with the name, including its body.

    One request by id; by name one for each 100 templates, and one more.

    :param id: The template's id; or give ``name``.
    :param name: The template's name, to the letter; an error if it is not unique.
    :param account: The explicit provider whose account is used; the same as ``opts.provider``.
    :param opts: Pulumi's options for a function; ``provider`` and ``parent`` count.
    """
    return now(account, opts, lookups.template, id=id, name=name)


def get_template_output(
    id: pulumi.Input[str] | None = None,
    *,
    name: pulumi.Input[str] | None = None,
    account: Provider | None = None,
    opts: pulumi.InvokeOptions | None = None,
) -> pulumi.Output[TemplateInfo]:
    """Return the template with the id, or the only one with the name, as an output.

    It waits for its arguments, which may be outputs; an argument that is unknown in a preview makes
    the result unknown.

    :param id: The template's id; or give ``name``.
    :param name: The template's name, to the letter; an error if it is not unique.
    :param account: The explicit provider whose account is used; the same as ``opts.provider``.
    :param opts: Pulumi's options for a function; ``provider``, ``parent``, ``depends_on`` count.
    """
    return later(account, opts, lookups.template, id=id, name=name)


def get_templates(
    *,
    name: str | None = None,
    account: Provider | None = None,
    opts: pulumi.InvokeOptions | None = None,
) -> tuple[TemplateSummary, ...]:
    """Return the templates with a name of the pattern, newest first and without bodies.

    One request for each 100 templates. Without a pattern, all of the account's templates fit.

    :param name: A pattern of names: ``*``, ``?`` and ``[…]`` as in file names; case counts.
    :param account: The explicit provider whose account is used; the same as ``opts.provider``.
    :param opts: Pulumi's options for a function; ``provider`` and ``parent`` count.
    """
    return now(account, opts, lookups.templates, name=name)


def get_templates_output(
    *,
    name: pulumi.Input[str] | None = None,
    account: Provider | None = None,
    opts: pulumi.InvokeOptions | None = None,
) -> pulumi.Output[tuple[TemplateSummary, ...]]:
    """Return the templates with a name of the pattern as an output.

    It waits for its arguments, which may be outputs; an argument that is unknown in a preview makes
    the result unknown.

    :param name: A pattern of names: ``*``, ``?`` and ``[…]`` as in file names; case counts.
    :param account: The explicit provider whose account is used; the same as ``opts.provider``.
    :param opts: Pulumi's options for a function; ``provider``, ``parent``, ``depends_on`` count.
    """
    return later(account, opts, lookups.templates, name=name)
