"""The containers that functions run in: memory limit, label, log stream, and which of them serves whom."""

import hashlib
import json
import threading
import uuid
from datetime import datetime, timezone

LABEL = "container-lambdas.root"

# Lambda runs functions as a user without rights on a read-only file system with a writable /tmp ("Requirements for container images",
# https://docs.aws.amazon.com/lambda/latest/dg/images-create.html#images-reqs). These are the ids of its sbx_user1051.
USER = "993:990"

# Parts of a configuration that are fixed when a container is made. A container serves only invocations that agree in all of them.
FIXED = (
    "Architectures", "Environment", "EphemeralStorage", "ImageConfigResponse", "LoggingConfig", "MemorySize", "Role", "Timeout", "VpcConfig",
)


def fingerprint(config: dict) -> str:
    text = json.dumps({key: config.get(key) for key in FIXED}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def pool_key(base: str, config: dict) -> str:
    """MiniStack's key tells images apart but not versions, so that a version would be served by a container of another's environment."""
    return f"{base}:{config.get('Version', '$LATEST')}:{fingerprint(config)}"


def version_of(key: str) -> str:
    return key.split(":")[-2]


def log_stream(version: str, now: datetime) -> str:
    """One stream for each container, named as Lambda names those of its environments."""
    return f"{now:%Y/%m/%d}/[{version}]{uuid.uuid4().hex}"


def amended_creation(kwargs: dict, root: str) -> dict:
    """The arguments of `docker run` for a function's container, with what MiniStack leaves out."""
    if (kwargs.get("labels") or {}).get("ministack") != "lambda":
        return kwargs
    environment = dict(kwargs.get("environment") or {})
    name = environment.get("AWS_LAMBDA_FUNCTION_NAME", "")
    version = environment.get("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
    environment["AWS_LAMBDA_LOG_GROUP_NAME"] = f"/aws/lambda/{name}"
    environment["AWS_LAMBDA_LOG_STREAM_NAME"] = log_stream(version, datetime.now(timezone.utc))
    # Lambda has no swap: with the two limits equal the kernel kills the runtime, and the emulator inside reports it as Lambda does.
    limit = f"{environment.get('AWS_LAMBDA_FUNCTION_MEMORY_SIZE', '128')}m"
    return {
        **kwargs,
        "environment": environment,
        "labels": {**kwargs["labels"], LABEL: root},
        "mem_limit": limit,
        "memswap_limit": limit,
        "read_only": True,
        # A volume and not a tmpfs, whose contents would count as the function's memory.
        "volumes": ["/tmp"],
        "user": USER,
    }


class Containers:
    """Docker's container collection, creating as `amended_creation` says."""

    def __init__(self, real, root: str):
        self._real, self._root = real, root

    def run(self, *args, **kwargs):
        return self._real.run(*args, **amended_creation(kwargs, self._root))

    def create(self, *args, **kwargs):
        return self._real.create(*args, **amended_creation(kwargs, self._root))

    def __getattr__(self, name):
        return getattr(self._real, name)


class Client:
    """A Docker client whose containers are amended."""

    def __init__(self, real, root: str):
        self._real, self._root = real, root

    @property
    def containers(self):
        return Containers(self._real.containers, self._root)

    def __getattr__(self, name):
        return getattr(self._real, name)


def share_connections(adapter) -> None:
    """One pool of connections to the engine's socket.

    The Docker client keeps a pool for each address it asked, 25 of them, and closes the eldest even if another thread is waiting on it
    ("'NoneType' object has no attribute 'qsize'"): ten invocations at once, of as many containers, are enough.
    """
    if getattr(adapter, "socket_path", None) is None or getattr(adapter, "shared", False):
        return
    adapter.max_pool_size, adapter.shared = 64, True
    connection = adapter.get_connection
    adapter.get_connection = lambda _url, proxies=None: connection("http+docker://localhost", proxies)


def apply(lambda_svc, root: str) -> None:
    get_client, key, release = lambda_svc._get_docker_client, lambda_svc._warm_pool_key, lambda_svc._pool_release

    def amended_client():
        real = get_client()
        if real is None:
            return None
        share_connections(real.api._custom_adapter)
        return Client(real, root)

    def kill(entry: dict) -> None:
        # Lambda sends no SIGTERM to a function without extensions; waiting for one would hold up every update for two seconds.
        try:
            entry["container"].remove(force=True, v=True)
        except Exception as error:  # noqa: BLE001 - already gone, or the engine is
            lambda_svc.logger.debug("container not removed: %s", error)

    def kill_function(account: str, name: str) -> None:
        """An update retires what served `$LATEST`; published versions keep theirs, and running invocations end where they began."""
        gone = name not in lambda_svc._functions
        idle = []
        with lambda_svc._warm_pool_lock:
            for pool in list(lambda_svc._warm_pool):
                parts = pool.split(":")
                if parts[0] == account and parts[2] == name and (gone or version_of(pool) == "$LATEST"):
                    for entry in lambda_svc._warm_pool.pop(pool):
                        entry["retired"] = True
                        if not entry["in_use"]:
                            idle.append(entry)
        for entry in idle:
            threading.Thread(target=kill, args=(entry,), daemon=True).start()

    def amended_release(entry: dict) -> None:
        if entry.get("retired"):
            kill(entry)
        else:
            release(entry)

    lambda_svc._get_docker_client = amended_client
    lambda_svc._warm_pool_key = lambda name, config: pool_key(key(name, config), config)
    lambda_svc._kill_pool_entry = kill
    lambda_svc._pool_kill_function = kill_function
    lambda_svc._pool_release = amended_release
    # Reserved concurrency belongs to the function; MiniStack looks for it on the version that an alias or number names, where it is not.
    reserved = lambda_svc._reserved_concurrency

    def amended_reserved(func: dict, config: dict):
        return reserved(lambda_svc._functions.get(config.get("FunctionName")) or func, config)

    lambda_svc._reserved_concurrency = amended_reserved
