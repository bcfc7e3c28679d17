"""Loading the catalogue folder, once per change of its files."""

from pathlib import Path
from threading import Lock
from time import monotonic

from django.conf import settings

from xinheng.catalogue.domain import Catalogue
from xinheng.catalogue.domain.assembly import Assembly, assemble
from xinheng.catalogue.domain.gates import content_problems
from xinheng.catalogue.errors import CatalogueFolderMissing, CatalogueRefused

_Stamp = tuple[tuple[str, int, int], ...]
_loaded: dict[Path, tuple[_Stamp, Catalogue]] = {}
_loading = Lock()

LOOK_AGAIN_SECONDS = 1.0
"""A page asks for the catalogue hundreds of times; the files' times are looked at once in this while."""

_looked: dict[Path, tuple[float, Catalogue]] = {}


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.yaml") if not path.relative_to(folder).parts[0].startswith(("_", ".")))


def _stamp(folder: Path) -> _Stamp:
    marks = []
    for path in _files(folder):
        status = path.stat()
        marks.append((str(path), status.st_mtime_ns, status.st_size))
    return tuple(marks)


def catalogue_sources(*, path: Path) -> list[tuple[str, str]]:
    """Return ``(relative name, text)`` of every YAML file under ``path``, or of ``path`` itself.

    Folders that start with ``_`` hold generated files and are left out.
    """
    if path.is_file():
        return [(path.name, path.read_text(encoding="utf-8"))]
    return [(file.relative_to(path).as_posix(), file.read_text(encoding="utf-8")) for file in _files(path)]


def assembly_load_from(*, path: Path) -> Assembly:
    """Return the entries under ``path`` with their places; problems of reading are inside.

    Raises:
        CatalogueFolderMissing: there is no YAML file under ``path``.
    """
    sources = catalogue_sources(path=path) if path.exists() else []
    if not sources:
        raise CatalogueFolderMissing(path=path)
    return assemble(sources)


def catalogue_load_from(path: Path) -> Catalogue:
    """Return the catalogue under ``path``, checked; a folder that did not change is not read again.

    Raises:
        CatalogueFolderMissing: there is no YAML file under ``path``.
        CatalogueRefused: the content has problems; nothing of it is used.
    """
    path = Path(path).resolve()
    stamp = _stamp(path) if path.is_dir() else ()
    with _loading:
        kept = _loaded.get(path)
        if kept is not None and kept[0] == stamp:
            return kept[1]
        assembly = assembly_load_from(path=path)
        problems = content_problems(assembly)
        if problems:
            raise CatalogueRefused(count=len(problems), first=problems[0])
        catalogue = assembly.catalogue()
        _loaded[path] = (stamp, catalogue)
        return catalogue


def catalogue_current() -> Catalogue:
    """Return the catalogue of the folder that the settings name (``XINHENG_CATALOGUE_DIR``).

    A change of the folder is seen within a second.
    """
    path = Path(settings.XINHENG_CATALOGUE_DIR)
    looked = _looked.get(path)
    if looked is not None and monotonic() - looked[0] < LOOK_AGAIN_SECONDS:
        return looked[1]
    catalogue = catalogue_load_from(path)
    _looked[path] = (monotonic(), catalogue)
    return catalogue
