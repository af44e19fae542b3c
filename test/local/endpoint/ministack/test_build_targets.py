"""Builds that EventBridge starts: how many at once, and with what."""

import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "..", "..", "local", "endpoint", "ministack"))

from amendments import build_targets  # noqa: E402


class Turns(unittest.TestCase):
    def setUp(self):
        self.started, self.work, self.meanwhile = [], [], []

    def in_turn(self, fails=()):
        def start(order):
            self.started.append(order)
            return None if order in fails else f"build of {order}"

        def wait(build):
            for rule, order in self.meanwhile.pop(0) if self.meanwhile else ():
                turns.submit(rule, order)

        turns = build_targets.InTurn(start, wait, self.work.append)
        return turns

    def run_all(self):
        while self.work:
            self.work.pop(0)()

    def test_events_that_come_while_a_build_runs_become_one_more_build(self):
        turns = self.in_turn()
        self.meanwhile = [[("rule", 2), ("rule", 3), ("rule", 4)]]
        turns.submit("rule", 1)
        self.run_all()
        self.assertEqual(self.started, [1, 4])

    def test_a_rule_that_rests_starts_at_once(self):
        turns = self.in_turn()
        for order in (1, 2):
            turns.submit("rule", order)
            self.run_all()
        self.assertEqual(self.started, [1, 2])

    def test_rules_do_not_wait_for_each_other(self):
        turns = self.in_turn()
        turns.submit("one", 1)
        turns.submit("two", 2)
        self.assertEqual(len(self.work), 2)

    def test_a_build_that_cannot_be_started_stops_nothing(self):
        turns = self.in_turn(fails=(1,))
        turns.submit("rule", 1)
        self.run_all()
        turns.submit("rule", 2)
        self.run_all()
        self.assertEqual(self.started, [1, 2])


class Input(unittest.TestCase):
    def test_a_constant_says_how_to_build_and_anything_else_nothing(self):
        self.assertEqual(build_targets.overrides('{"timeoutInMinutesOverride": 5}'), {"timeoutInMinutesOverride": 5})
        for given in (None, "", "text", "[]", "1"):
            self.assertEqual(build_targets.overrides(given), {})

    def test_the_session_is_named_after_the_rule(self):
        self.assertEqual(build_targets.session_name("arn:aws:events:us-east-1:000000000000:rule/watch.ended"), "rule-watch.ended")
        self.assertEqual(len(build_targets.session_name(f"arn:aws:events:us-east-1:000000000000:rule/{'x' * 64}")), 64)


if __name__ == "__main__":
    unittest.main()
