"""Starts MiniStack with the amendments of this folder.

Takes the place of the `ministack` command; the environment is MiniStack's own, and in addition:

    CONTAINER_LAMBDAS_ROOT      the checkout; containers of functions carry it as a label
    CONTAINER_LAMBDAS_REGISTRY  HOST:PORT that image addresses of functions begin with

The amendments replace functions inside MiniStack, so they hold for one version of it only, and any other is refused.
"""

import importlib.metadata
import os
import sys

VERSION = "1.5.33"


def main() -> None:
    given = importlib.metadata.version("ministack")
    if given != VERSION:
        sys.exit(
            f'MiniStack "{given}" is installed; the amendments in local/endpoint/ministack are written for {VERSION}. '
            f"Install ministack[full]=={VERSION}, or check each amendment against the new version and change VERSION here."
        )
    missing = [name for name in ("CONTAINER_LAMBDAS_ROOT", "CONTAINER_LAMBDAS_REGISTRY") if not os.environ.get(name)]
    if missing:
        sys.exit(f"{' and '.join(missing)} not set; the checkout and the registry's HOST:PORT are needed. Set them.")
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

    # The checkout stays as it was cloned.
    sys.dont_write_bytecode = True
    import amendments
    from ministack.app import main as serve

    amendments.apply(os.environ["CONTAINER_LAMBDAS_ROOT"], os.environ["CONTAINER_LAMBDAS_REGISTRY"])
    serve()


if __name__ == "__main__":
    main()
