"""Application module for uvicorn: the real Roboflow inference HTTP server.

The package brings no entry point of its own.  This builds what the CPU container
builds: registry, model manager with a cache of fixed size, HTTP interface.
"""
from parent_watch import end_with_parent

# First, because the imports below take seconds.
end_with_parent()

from functools import partial  # noqa: E402
from multiprocessing import Process  # noqa: E402

from inference.core import env  # noqa: E402
from inference.core.interfaces.http.http_api import HttpInterface  # noqa: E402
from inference.core.managers.base import ModelManager  # noqa: E402
from inference.core.managers.decorators.fixed_size_cache import WithFixedSizeCache  # noqa: E402
from inference.core.registries.roboflow import RoboflowModelRegistry  # noqa: E402
from inference.models.utils import ROBOFLOW_MODEL_TYPES  # noqa: E402

if env.ENABLE_STREAM_API:
    from inference.core.interfaces.stream_manager.manager_app.app import start

    Process(
        target=partial(start, expected_warmed_up_pipelines=env.STREAM_API_PRELOADED_PROCESSES)
    ).start()

manager = WithFixedSizeCache(
    ModelManager(model_registry=RoboflowModelRegistry(ROBOFLOW_MODEL_TYPES)),
    max_size=env.MAX_ACTIVE_MODELS,
)
manager.init_pingback()
app = HttpInterface(manager).app
