"""Pages: templates in which every text is escaped and nothing hidden; one file each, with nothing from outside."""

import base64
import hashlib
from datetime import UTC, datetime
from functools import lru_cache, partial

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from auscult.printing import visible
from auscult.reports import format as say
from auscult.reports.charts import drawn
from auscult.reports.text import cut
from auscult.store.files import shipped_table
from auscult.version import __version__


def page(
    template: str,
    *,
    styles: tuple[str, ...] = ("report.css",),
    scripts: tuple[str, ...] = ("report.js",),
    whole: bool = False,
    **known: object,
) -> str:
    """A page as text.

    Args:
        template: name of the template, which extends ``base.html.j2``.
        styles: names of the files that stand in its head.
        scripts: names of the files of the one script that it may run, by its hash; without any it runs none.
        whole: whether every text is shown whole; else long ones are cut, with the number of characters left out.
        known: what the template needs.
    """
    environment = _environment(whole)
    code = Markup("\n").join(_source(environment, name) for name in scripts)
    return environment.get_template(template).render(
        known,
        version=__version__,
        written=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        style=Markup("\n").join(_source(environment, name) for name in styles),
        script=code,
        script_hash=base64.b64encode(hashlib.sha256(code.encode()).digest()).decode("ascii"),
    )


@lru_cache
def _environment(whole: bool) -> Environment:
    environment = Environment(
        loader=PackageLoader("auscult.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=partial(_show, whole=whole),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(say=say, drawn=drawn, terms=_terms())
    return environment


def _terms() -> list[dict[str, object]]:
    """The words of the pages, as ``data/glossary.toml`` explains them.

    ``face``: not only in the methods; ``pages``: those that explain them.
    """
    terms = shipped_table("data/glossary.toml")["term"]
    return [{"face": False, "pages": ["run", "diagnosis"], **term} for term in terms]


def _show(value: object, *, whole: bool) -> object:
    """Every text that a template prints passes here: nothing in it stays hidden. Markup is ours and stays as it is."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    return visible(value if whole else cut(value))


def _source(environment: Environment, name: str) -> Markup:
    """A file beside the templates, as it is."""
    assert environment.loader is not None
    return Markup(environment.loader.get_source(environment, name)[0])
