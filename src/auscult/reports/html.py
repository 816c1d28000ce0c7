"""Pages: templates in which every text is escaped and shown whole, one file each that asks for nothing from outside."""

import base64
import hashlib
from datetime import UTC, datetime
from functools import lru_cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from auscult.reports import format as say
from auscult.reports.text import visible
from auscult.version import __version__


def page(template: str, *, styles: tuple[str, ...] = ("report.css",), script: str = "", **known: object) -> str:
    """A page as text.

    Args:
        template: name of the template, which extends ``base.html.j2``.
        styles: names of the files that stand in its head.
        script: name of the one script that it may run, by its hash; without one it runs none.
        known: what the template needs.
    """
    environment = _environment()
    code = _source(environment, script) if script else ""
    return environment.get_template(template).render(
        known,
        version=__version__,
        written=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        style=Markup("\n").join(_source(environment, name) for name in styles),
        script=code,
        script_hash=base64.b64encode(hashlib.sha256(code.encode()).digest()).decode("ascii"),
    )


def fragment(template: str, **known: object) -> Markup:
    """A part of a page, as the templates of pages take it."""
    return Markup(_environment().get_template(template).render(known))


@lru_cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("auscult.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_show,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["say"] = say
    return environment


def _show(value: object) -> object:
    """Every text that a template prints passes here: nothing in it stays hidden. Markup is ours and stays as it is."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _source(environment: Environment, name: str) -> Markup:
    """A file beside the templates, as it is."""
    assert environment.loader is not None
    return Markup(environment.loader.get_source(environment, name)[0])
