from __future__ import annotations

import logging

import pytest
from datalake import log
from datalake.invocation import handler


def test_every_line_carries_the_ids_of_its_invocation(context, log_lines):
    @handler
    def function(event, context):
        log.info("working", key="k", requestId="not this one")
        return {"answer": event["a"]}

    assert function({"a": 1, "correlationId": "c-1"}, context) == {"answer": 1}
    first, last = log_lines()
    for line in (first, last):
        assert line["requestId"] == context.aws_request_id
        assert line["correlationId"] == "c-1"
        assert line["function"] == "function-under-test"
        assert line["version"] == "7"
    assert (first["message"], first["key"], first["level"]) == ("working", "k", "INFO")
    assert last["message"] == "invocation finished"
    assert isinstance(last["milliseconds"], int)


def test_a_failure_is_logged_and_reaches_the_caller_unchanged(context, log_lines):
    error = KeyError("gone")

    @handler
    def function(event, context):
        raise error

    with pytest.raises(KeyError) as caught:
        function({}, context)
    assert caught.value is error
    (line,) = log_lines()
    assert (line["level"], line["error"], line["correlationId"]) == ("ERROR", "KeyError", context.aws_request_id)


def test_ids_end_with_the_invocation(context, log_lines):
    handler(lambda event, context: None)({}, context)
    log_lines()
    log.info("outside")
    (line,) = log_lines()
    assert "requestId" not in line


def test_lines_of_other_libraries_have_the_same_form_and_stay_one_line(context, log_lines):
    @handler
    def function(event, context):
        try:
            raise RuntimeError("a\nb")
        except RuntimeError:
            logging.getLogger("library").warning("odd \x1b[31m%s", "é", exc_info=True)

    function({}, context)
    line = log_lines()[0]
    assert (line["level"], line["message"]) == ("WARNING", "odd \x1b[31mé")
    assert "RuntimeError: a\nb" in line["trace"]
    assert line["requestId"] == context.aws_request_id


def test_no_control_character_reaches_the_output_raw(context, capsys):
    handler(lambda event, context: log.info("a\x1b\x9b\u2028b"))({}, context)
    assert all(" " <= character <= "~" for line in capsys.readouterr().out.split("\n") for character in line)


@pytest.mark.parametrize(("level", "lines"), [("", 1), ("DEBUG", 2), ("debug", 2), ("nonsense", 1)])
def test_the_level_comes_from_the_environment_and_a_wrong_one_means_info(level, lines, monkeypatch, log_lines):
    monkeypatch.setenv("LOG_LEVEL", level)
    log.configure()
    logging.getLogger("datalake").debug("d")
    log.info("i")
    assert len(log_lines()) == lines
