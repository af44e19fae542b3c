from __future__ import annotations

import pytest


@pytest.mark.parametrize("event", [{}, None, {"source": "aws.scheduler"}, [1]])
def test_it_says_who_and_which_version_it_is_whatever_the_event(app, context, event):
    assert app.handler(event, context) == {
        "message": "pong",
        "version": app.VERSION,
        "function": "function-under-test",
        "functionVersion": "7",
        "requestId": "11111111-2222-3333-4444-555555555555",
        "memoryLimitMB": 128,
    }
