"""Partitions of Glue's catalogue: they need a table, and can be changed."""

import json
import time


def updated(partitions: list, values: list, given: dict):
    """The partitions with the one of these values replaced; None where there is none, or where its new values are taken."""
    found = next((one for one in partitions if one.get("Values") == values), None)
    wanted = given.get("Values") or values
    if found is None or (wanted != values and any(one.get("Values") == wanted for one in partitions)):
        return None
    kept = {key: found[key] for key in ("DatabaseName", "TableName", "CreationTime", "CatalogId") if key in found}
    return [{**given, "Values": wanted, **kept, "LastAccessTime": int(time.time())} if one is found else one for one in partitions]


def apply(glue) -> None:
    from ministack.core.responses import error_response_json, json_response

    create, create_all, handle = glue._create_partition, glue._batch_create_partition, glue._handle_request_sync

    def missing(data: dict):
        table = f"{data.get('DatabaseName')}/{data.get('TableName')}"
        return None if table in glue._tables else error_response_json("EntityNotFoundException", f"Table {table.replace('/', '.')} not found.", 400)

    def update(data: dict):
        table = f"{data.get('DatabaseName')}/{data.get('TableName')}"
        changed = updated(glue._partitions.get(table, []), data.get("PartitionValueList") or [], data.get("PartitionInput") or {})
        if changed is None:
            return error_response_json("EntityNotFoundException", "Partition not found.", 400)
        glue._partitions[table] = changed
        return json_response({})

    def amended_handle(method, path, headers, body, query_params):
        if headers.get("x-amz-target") == "AWSGlue.UpdatePartition":
            data = json.loads(body or b"{}")
            return missing(data) or update(data)
        return handle(method, path, headers, body, query_params)

    glue._create_partition = lambda data: missing(data) or create(data)
    glue._batch_create_partition = lambda data: missing(data) or create_all(data)
    glue._handle_request_sync = amended_handle
