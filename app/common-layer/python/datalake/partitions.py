"""Partitions of the tables in the Glue catalogue."""

from __future__ import annotations

from typing import Any

from . import aws


class Partitions:
    """The partitions of one table, which has one partition key, `date`."""

    def __init__(self, database: str, table: str, client: Any | None = None) -> None:
        self.database = database
        self.table = table
        self._client = aws.client("glue") if client is None else client

    def register(self, date: str, location: str) -> bool:
        """Whether it is new: one that is there already stays as it is. Columns and format are those of the table."""
        described = self._client.get_table(DatabaseName=self.database, Name=self.table)["Table"]["StorageDescriptor"]
        try:
            self._client.create_partition(
                DatabaseName=self.database,
                TableName=self.table,
                PartitionInput={"Values": [date], "StorageDescriptor": {**described, "Location": location}},
            )
        except Exception as error:
            if aws.error_code(error) != "AlreadyExistsException":
                raise
            return False
        return True
