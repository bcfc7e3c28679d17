"""JSON Schema of a catalogue file, for editors."""

import json

from xinheng.catalogue.domain import CatalogueFile


def schema_text() -> str:
    """Return the JSON Schema of one YAML file, as committed under ``catalogue/_schema``."""
    schema = CatalogueFile.model_json_schema(mode="validation")
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "信衡目录文件"
    return json.dumps(schema, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
