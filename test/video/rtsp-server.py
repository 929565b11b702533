"""A camera: rtsp://127.0.0.1:PORT/cam, 25 frames a second, a key frame every 2 s.

Usage: rtsp-server.py PORT [WIDTHxHEIGHT [h264|jpeg [USER:PASSWORD]]]; prints "up" once it can be asked.
"""

import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

port, size, codec, login = (sys.argv[1:] + ["1280x720", "h264", ""][len(sys.argv) - 2 :])[:4]
width, height = size.split("x")
encoders = {
    "h264": "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=50 ! rtph264pay name=pay0 pt=96",
    "jpeg": "jpegenc ! rtpjpegpay name=pay0 pt=26",
}

Gst.init(None)
factory = GstRtspServer.RTSPMediaFactory()
factory.set_launch(
    f"( videotestsrc is-live=true pattern=ball ! video/x-raw,format=I420,width={width},height={height},framerate=25/1"
    f" ! {encoders[codec]} )"
)
factory.set_shared(True)

server = GstRtspServer.RTSPServer()
server.set_service(port)
server.set_address("127.0.0.1")
if login:
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "viewer")
    auth = GstRtspServer.RTSPAuth()
    auth.add_basic(GstRtspServer.RTSPAuth.make_basic(*login.split(":")), token)
    server.set_auth(auth)
    permissions = GstRtspServer.RTSPPermissions()
    permissions.add_role("viewer")
    permissions.add_permission_for_role("viewer", "media.factory.access", True)
    permissions.add_permission_for_role("viewer", "media.factory.construct", True)
    factory.set_permissions(permissions)
server.get_mount_points().add_factory("/cam", factory)
server.attach(None)
print("up", flush=True)
GLib.MainLoop().run()
