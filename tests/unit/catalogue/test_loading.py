"""Reading, hashing and checking a catalogue folder."""

import shutil
import time

import pytest
from click.testing import CliRunner
from django.conf import settings

from xinheng.catalogue.cli import catalogue as command
from xinheng.catalogue.domain import Catalogue
from xinheng.catalogue.domain.assembly import assemble
from xinheng.catalogue.domain.yaml_source import parse_yaml
from xinheng.catalogue.errors import CatalogueFolderMissing, CatalogueRefused
from xinheng.catalogue.selectors import catalogue_load_from, catalogue_sources
from xinheng.catalogue.services import catalogue_check

SMALL = """
sectors:
  - {id: tax, title: "税务"}
  - {id: fire, title: "消防"}
"""


@pytest.fixture
def copied(tmp_path):
    folder = tmp_path / "目录 一"
    shutil.copytree(settings.XINHENG_CATALOGUE_DIR, folder)
    return folder


def _hash(*texts):
    return assemble([(f"national/{number}.yaml", text) for number, text in enumerate(texts)]).catalogue().hash


def test_hash_does_not_depend_on_files_or_order():
    turned = """
sectors:
  - {title: "消防", id: fire}
  - {id: tax, title: "税务"}
"""
    halves = ['sectors: [{id: fire, title: "消防"}]', 'sectors: [{id: tax, title: "税务"}]']
    assert _hash(SMALL) == _hash(turned) == _hash(*halves) == _hash(*reversed(halves))


def test_hash_changes_with_one_character():
    assert _hash(SMALL) != _hash(SMALL.replace("税务", "税务局"))


def test_item_version_depends_on_the_item_alone(copied):
    before = catalogue_load_from(copied)
    clocks = copied / "national/clocks/reporting.yaml"
    clocks.write_text(clocks.read_text(encoding="utf-8").replace("双公示报送期限", "双公示报送的期限"), encoding="utf-8")
    after = catalogue_load_from(copied)
    assert before.hash != after.hash
    assert before.item_version("administrative_penalty") == after.item_version("administrative_penalty")
    assert before.item_version("administrative_penalty").startswith("administrative_penalty@2026.11#")


def test_warm_loading_is_fast_and_follows_the_files(copied):
    first = catalogue_load_from(copied)
    start = time.perf_counter()
    assert catalogue_load_from(copied) is first
    assert time.perf_counter() - start < 0.3
    (copied / "sectors").mkdir(exist_ok=True)
    (copied / "sectors/more.yaml").write_text('sectors: [{id: beekeeping, title: "养蜂"}]', encoding="utf-8")
    assert "beekeeping" in {sector.id for sector in catalogue_load_from(copied).sectors}


def test_content_with_a_problem_is_refused_whole(copied):
    (copied / "sectors").mkdir(exist_ok=True)
    (copied / "sectors/bad.yaml").write_text('sectors: [{id: x, titel: "甲"}]', encoding="utf-8")
    with pytest.raises(CatalogueRefused, match=r"sectors/bad\.yaml:1：未知的键“titel”"):
        catalogue_load_from(copied)


def test_missing_folder_is_told(tmp_path):
    with pytest.raises(CatalogueFolderMissing, match="XINHENG_CATALOGUE_DIR"):
        catalogue_load_from(tmp_path / "nowhere")


def test_unknown_ids_are_key_errors():
    empty = Catalogue.merged([])
    for look_up in (empty.item, empty.code_list, empty.clock, empty.list_type, empty.measure, empty.organ, empty.instrument):
        with pytest.raises(KeyError):
            look_up("nothing")


@pytest.mark.parametrize(
    "text", ["0111", "no", "Yes", "on", "1.10", "12:30", "0x1F", "1_000", "007", "1e3", "+5", "TRUE", "NULL"]
)
def test_yaml_surprises_are_refused(text):
    parsed = parse_yaml(name="a.yaml", text=f"key: {text}\n")
    assert [problem.line for problem in parsed.problems] == [1]
    quoted = parse_yaml(name="a.yaml", text=f'key: "{text}"\n')
    assert (quoted.problems, quoted.value) == ([], {"key": text})


@pytest.mark.parametrize(
    ("text", "value"), [("7", 7), ("0", 0), ("-3", -3), ("true", True), ("null", None), ("许可", "许可"), ("L05", "L05")]
)
def test_plain_values_mean_what_they_say(text, value):
    parsed = parse_yaml(name="a.yaml", text=f"key: {text}\n")
    assert (parsed.problems, parsed.value) == ([], {"key": value})


def test_tags_and_lists_at_the_top_are_refused():
    assert parse_yaml(name="a.yaml", text="key: !!python/name:os.system\n").problems
    assert parse_yaml(name="a.yaml", text="- 1\n").problems
    assert parse_yaml(name="a.yaml", text="").value == {}


class TestCheckCommand:
    def test_says_that_nothing_is_wrong(self):
        result = CliRunner().invoke(command, ["check"])
        assert (result.exit_code, result.output) == (0, "没有发现问题。\n")

    def test_names_file_line_what_why_and_how(self, copied):
        folder = copied / "sectors"
        folder.mkdir(exist_ok=True)
        (folder / "measure.yaml").write_text(
            'measures:\n  - id: M03\n    title: "限制高消费"\n    category: REDUCES_RIGHTS\n    subject_kinds: [NATURAL_PERSON]\n'
            '    basis: [{instrument: "L09-2024"}, {instrument: "L06"}]\n    confidence: PROVISIONAL\n    in_force: 2024-02-01\n',
            encoding="utf-8",
        )
        result = CliRunner().invoke(command, ["check", str(copied)])
        assert result.exit_code == 1
        assert "sectors/measure.yaml:2：措施“限制高消费”是针对个人的措施" in result.output
        assert "原因：" in result.output
        assert "处理：" in result.output

    def test_a_pack_stands_on_a_base(self, tmp_path):
        pack = tmp_path / "pack"
        pack.mkdir()
        (pack / "bees.yaml").write_text('sectors: [{id: tax, title: "税务"}]', encoding="utf-8")
        base = settings.XINHENG_CATALOGUE_DIR
        assert [problem.file for problem in catalogue_check(pack, base=base)] == ["bees.yaml"]
        assert catalogue_sources(path=pack / "bees.yaml")[0][0] == "bees.yaml"

    def test_schema_is_printed(self):
        assert '"additionalProperties": false' in CliRunner().invoke(command, ["schema"]).output
