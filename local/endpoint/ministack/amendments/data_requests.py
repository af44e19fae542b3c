"""What calls of Glue, Athena and SSM are asked on, as AWS's service authorization reference has it."""

# Actions of Glue on the catalogue and how deep they go; each is asked on the resource and on all that it lies in.
# Source: https://docs.aws.amazon.com/glue/latest/dg/glue-specifying-resource-arns.html
ON_CATALOG = {"GetDatabases", "SearchTables", "GetCatalog", "GetCatalogs"}
ON_DATABASE = {"CreateDatabase", "GetDatabase", "UpdateDatabase"}
ON_TABLES = {
    "BatchCreatePartition", "BatchDeletePartition", "BatchDeleteTable", "BatchDeleteTableVersion", "BatchGetPartition", "BatchUpdatePartition",
    "CreatePartition", "CreatePartitionIndex", "CreateTable", "DeletePartition", "DeletePartitionIndex", "DeleteTable", "DeleteTableVersion", "GetPartition",
    "GetPartitionIndexes", "GetPartitions", "GetTable", "GetTableVersion", "GetTableVersions", "GetTables", "UpdatePartition", "UpdateTable",
}


def glue(action: str, data: dict, region: str, account: str) -> list:
    """ARNs that all must be allowed; empty for what is not of the catalogue."""
    base, name = f"arn:aws:glue:{region}:{account}:", action.partition(":")[2]
    catalog = f"{base}catalog"
    if name in ON_CATALOG:
        return [catalog]
    database = data.get("DatabaseName") or (data.get("DatabaseInput") or {}).get("Name") or data.get("Name")
    if name in ON_DATABASE and database:
        return [f"{base}database/{database}", catalog]
    if name == "DeleteDatabase" and database:
        # With it go all its tables and functions.
        return [f"{base}database/{database}", catalog, f"{base}table/{database}/*", f"{base}userDefinedFunction/{database}/*"]
    if name not in ON_TABLES or not data.get("DatabaseName"):
        return [data["ResourceArn"]] if name in ("GetTags", "TagResource", "UntagResource") and data.get("ResourceArn") else []
    tables = data.get("TablesToDelete") if name == "BatchDeleteTable" else [_table(name, data)]
    return [*(f"{base}table/{data['DatabaseName']}/{table}" for table in tables or []), f"{base}database/{data['DatabaseName']}", catalog]


def _table(name: str, data: dict) -> str:
    # GetTables may answer any table of the database.
    return data.get("TableName") or (data.get("TableInput") or {}).get("Name") or ("*" if name == "GetTables" else data.get("Name")) or "*"


# Actions of Athena on a workgroup that name it otherwise or not at all.
NAMED_QUERIES = {"GetNamedQuery", "DeleteNamedQuery", "UpdateNamedQuery"}
EXECUTIONS = {"GetQueryExecution", "GetQueryResults", "GetQueryResultsStream", "GetQueryRuntimeStatistics", "StopQueryExecution"}
IN_PRIMARY = {"CreateNamedQuery", "StartQueryExecution", "ListNamedQueries", "ListQueryExecutions"}


def athena(action: str, data: dict, region: str, account: str) -> str:
    """The workgroup's ARN; empty for what is asked otherwise, and for a query that does not exist."""
    from ministack.services import athena as service

    name = action.partition(":")[2]
    if name in NAMED_QUERIES:
        group = (service._named_queries.get_scoped(account, region, data.get("NamedQueryId")) or {}).get("WorkGroup")
    elif name in EXECUTIONS:
        group = (service._executions.get_scoped(account, region, data.get("QueryExecutionId")) or {}).get("WorkGroup")
    elif name == "CreateWorkGroup":
        group = data.get("Name")
    else:
        group = data.get("WorkGroup") or ("primary" if name in IN_PRIMARY else None)
    return f"arn:aws:athena:{region}:{account}:workgroup/{group}" if group else ""


def ssm(action: str, data: dict, region: str, account: str) -> list:
    """ARNs of the parameters that a call names otherwise than by `Name`; empty for other calls."""
    name = action.partition(":")[2]
    if name in ("AddTagsToResource", "ListTagsForResource", "RemoveTagsFromResource") and data.get("ResourceType") == "Parameter":
        return [parameter_arn(data.get("ResourceId") or "*", region, account)]
    names = data.get("Names") or [] if name in ("GetParameters", "DeleteParameters") else [data["Path"]] if name == "GetParametersByPath" and data.get("Path") else []
    return [parameter_arn(one, region, account) for one in names]


def parameter_arn(name: str, region: str, account: str) -> str:
    return name if name.startswith("arn:") else f"arn:aws:ssm:{region}:{account}:parameter/{name.lstrip('/').partition(':')[0]}"
