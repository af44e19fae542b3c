from __future__ import annotations

import pytest
from datalake.errors import InvalidInput

DOCUMENT = {"batch": "b1", "team": "engineering", "dataset": "meteorites", "date": "2026-01-31", "correlationId": "b1"}
LOCATION = "s3://stage/post-stage/engineering/meteorites/date=2026-01-31/"


def test_the_day_of_a_file_becomes_a_partition_once_however_many_files_it_gets(flow):
    expected = {"database": "lake", "table": "engineering_meteorites", "date": "2026-01-31", "location": LOCATION}
    for _ in range(3):
        assert flow.invoke("stage-b-crawl-data", DOCUMENT) == {**DOCUMENT, "partition": expected}
    assert flow.invoke("stage-b-crawl-data", {**DOCUMENT, "date": "2026-02-01"})["partition"]["date"] == "2026-02-01"
    assert sorted(date for _, date in flow.lake.glue.partitions) == ["2026-01-31", "2026-02-01"]
    assert flow.lake.glue.partitions["engineering_meteorites", "2026-01-31"]["StorageDescriptor"]["Location"] == LOCATION


def test_a_dataset_without_a_table_fails_by_the_services_own_word(flow):
    with pytest.raises(Exception, match="EntityNotFound"):
        flow.invoke("stage-b-crawl-data", {**DOCUMENT, "dataset": "comets"})


def test_a_document_without_a_day_is_refused(flow):
    with pytest.raises(InvalidInput, match="date needed"):
        flow.invoke("stage-b-crawl-data", {**DOCUMENT, "date": None})
