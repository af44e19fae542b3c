"""Which principal was allowed or refused which action on which resource: so that a test can find grants that nobody uses.

Each combination once with a count, kept with the state of the services over a restart. Root is left out, it needs no grant.
"""

import threading

# Object keys make resources without number; beyond this many combinations new ones are only counted.
LIMIT = 50_000


class Calls:
    def __init__(self, limit: int = LIMIT):
        self._counts, self._lock, self._limit, self._left_out = {}, threading.Lock(), limit, 0

    def note(self, principal: str, action: str, resource: str, allowed: bool) -> None:
        key = (principal, action, resource, allowed)
        with self._lock:
            if key in self._counts or len(self._counts) < self._limit:
                self._counts[key] = self._counts.get(key, 0) + 1
            else:
                self._left_out += 1

    def reset(self) -> None:
        with self._lock:
            self._counts, self._left_out = {}, 0

    def restore(self, listing) -> None:
        """Goes on from what an earlier `listing` said; None is nothing."""
        with self._lock:
            for call in (listing or {}).get("calls", []):
                key = (call["principal"], call["action"], call["resource"], call["allowed"])
                self._counts[key] = self._counts.get(key, 0) + call["count"]
            self._left_out += (listing or {}).get("leftOut", 0)

    def listing(self) -> dict:
        with self._lock:
            counts, left_out = sorted(self._counts.items()), self._left_out
        calls = [{"principal": key[0], "action": key[1], "resource": key[2], "allowed": key[3], "count": count} for key, count in counts]
        return {"calls": calls, "leftOut": left_out}


recorded = Calls()


def principal_of(credential) -> str:
    """The role of a session, the user; empty for root and for whom nobody knows."""
    from ministack.core import iam_evaluator as iam

    if isinstance(credential, iam.CredentialResolutionError) or credential.principal_type == "Root":
        return ""
    if credential.principal_type != "AssumedRole":
        return credential.principal_arn
    return role_arn(iam._role_name_from_assumed_arn(credential.principal_arn), credential.account_id)


def role_arn(name: str, account: str) -> str:
    """A session's ARN has the role's name and not its path, which only the role itself knows."""
    from ministack.services import iam as iam_svc

    role = iam_svc._roles.get_scoped(account, None, name) or {}
    return role.get("Arn") or f"arn:aws:iam::{account}:role/{name}"


def apply() -> None:
    from ministack.core import iam_evaluator as iam
    from ministack.core.responses import get_account_id

    enforce = iam.enforce

    def amended_enforce(access_key_id, iam_action, service, region, resource_arn="*", service_context=None):
        result = enforce(access_key_id, iam_action, service, region, resource_arn=resource_arn, service_context=service_context)
        if access_key_id and not isinstance(result, iam.AuthError):
            account = iam._account_from_arn((_session(access_key_id) or {}).get("Arn", "")) or get_account_id()
            principal = principal_of(iam.resolve_credential(access_key_id, account))
            if principal:
                recorded.note(principal, iam_action, resource_arn, result is None)
        return result

    # The request handlers import it by name at every call, so they get this one.
    iam.enforce = amended_enforce


def _session(access_key_id: str):
    from ministack.services import sts as sts_svc

    return sts_svc._sessions.get(access_key_id)
