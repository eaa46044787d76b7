"""Jupyter Server extension of Layerbook: outputs arrive without delay and within the server's limits; the server ends with the script that started it."""

import os

from tornado.ioloop import PeriodicCallback


def _jupyter_server_extension_points():
    return [{"module": "layerbook_server"}]


def _load_jupyter_server_extension(server):
    send_small_frames_at_once()
    tell_kernels_the_limits(server)
    if os.environ.get("LAYERBOOK_STOP_WITH_PARENT") == "1" and os.name == "posix":
        stop_with_parent(server)


def send_small_frames_at_once():
    """Sets TCP_NODELAY on kernel websockets.

    jupyter_server 2 leaves Nagle's algorithm on. With the browser's delayed acknowledgements it holds back every small
    message that follows another for about 40 ms: a cell's output, and the end of the cell.
    """
    try:
        from jupyter_server.services.kernels.websocket import KernelWebsocketHandler
    except ImportError:  # another server generation: only slower, never broken
        return
    opened = KernelWebsocketHandler.open
    if getattr(opened, "layerbook", False):
        return

    async def open_without_delay(self, *args, **kwargs):
        answer = await opened(self, *args, **kwargs)
        try:
            self.set_nodelay(True)
        except Exception:  # the connection is gone already, or is no TCP connection
            self.log.debug("TCP_NODELAY could not be set", exc_info=True)
        return answer

    open_without_delay.layerbook = True
    KernelWebsocketHandler.open = open_without_delay


def tell_kernels_the_limits(server):
    """Names this server's limits of output in the environment that kernels inherit: what is more it would throw away."""
    try:
        connection = server.kernel_websocket_connection_class
        limits = {name: limit_of(server.config, connection, name) for name in LIMITS.values()}
    except Exception:  # another server generation: the kernel assumes the usual limits
        server.log.debug("the limits of output could not be read", exc_info=True)
        return
    unlimited = not limits["limit_rate"]
    for variable, name in LIMITS.items():
        if name == "limit_rate":
            continue
        value = limits[name]
        os.environ[variable] = "Infinity" if name != "rate_limit_window" and (unlimited or value <= 0) else str(value)


LIMITS = {
    "LAYERBOOK_IOPUB_MSG_RATE": "iopub_msg_rate_limit",
    "LAYERBOOK_IOPUB_DATA_RATE": "iopub_data_rate_limit",
    "LAYERBOOK_IOPUB_WINDOW": "rate_limit_window",
    "": "limit_rate",
}


def limit_of(config, connection, name):
    """A limit as configured for *connection* or a class above it, else its default."""
    for owner in connection.__mro__:
        if owner.__name__ in config and name in config[owner.__name__]:
            return config[owner.__name__][name]
    return connection.class_traits()[name].default_value


def stop_with_parent(server, every_ms=2000):
    """Ends the server when the process that started it is gone, however it ended."""
    parent = os.getppid()

    def look():
        if os.getppid() != parent:
            server.log.info("the process that started this server is gone; stopping")
            server.stop()

    PeriodicCallback(look, every_ms).start()
