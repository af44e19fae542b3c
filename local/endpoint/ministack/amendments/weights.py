"""Aliases that give a part of their calls to a second version."""

import random


def chosen(alias: dict, number: float) -> str:
    """The version that answers a call; `number` is from 0 to below 1."""
    weights = (alias.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
    for version, weight in weights.items():
        if number < weight:
            return version
        number -= weight
    return alias.get("FunctionVersion", "$LATEST")


def apply(lambda_svc) -> None:
    invoke = lambda_svc._invoke

    async def weighted(name, event, headers, path_qualifier=None, query_params=None):
        first = lambda_svc._qp_first
        qualifier = path_qualifier or first(query_params or {}, "Qualifier") or first(headers, "x-amz-qualifier") or None
        kind = first(headers, "x-amz-invocation-type") or first(headers, "X-Amz-Invocation-Type") or "RequestResponse"
        alias = (lambda_svc._functions.get(name) or {}).get("aliases", {}).get(qualifier)
        # Retries, destinations and dead letters of an asynchronous call belong to the alias: it keeps the alias's name.
        if alias is None or not alias.get("RoutingConfig") or kind != "RequestResponse":
            return await invoke(name, event, headers, path_qualifier, query_params)
        return await invoke(name, event, headers, chosen(alias, random.random()), query_params)

    lambda_svc._invoke = weighted
