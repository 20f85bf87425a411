"""``files.*``: an upload is announced, sent to its own URL, then completed into a channel."""

import mimetypes

from bot.sandbox.slack import posting
from bot.sandbox.slack.core import Core
from bot.sandbox.slack.events import send_message_event
from bot.sandbox.slack.methods.args import Args
from bot.sandbox.slack.methods.chat import find_target
from bot.sandbox.slack.payloads import build_file
from bot.sandbox.slack.refusal import Refused
from bot.sandbox.slack.seed import BOT_USER
from bot.sandbox.slack.workspace import Conversation, Json, Upload

PROCESSING_S = 0.1
"""Seconds until Slack has processed a file; it answers before, and how long that takes is undocumented."""
_MOST = 1_073_741_824  # 1 GB: "file_upload_size_restricted" in the documentation of files.getUploadURLExternal


def announce(core: Core, name: str, user: str) -> Upload:
    upload = Upload(
        core.space.new_id("F"),
        name,
        name,
        mimetypes.guess_type(name)[0] or "application/octet-stream",
        user,
        core.space.now(),
    )
    core.space.files[upload.id] = upload
    return upload


def get_upload_url(core: Core, args: Args) -> Json:
    length = args.number("length", 0)
    if length < 1:
        raise Refused("invalid_arguments", messages=["[ERROR] length must be more than 0"])
    if length > _MOST:
        raise Refused("file_upload_size_restricted")
    upload = announce(core, args.required("filename"), BOT_USER)
    return {"upload_url": f"{core.base_url}/upload/v1/{upload.id}", "file_id": upload.id}


def complete_upload(core: Core, args: Args) -> Json:
    listed = args.document("files")
    if not isinstance(listed, list) or not listed:
        raise Refused("invalid_arguments", messages=["[ERROR] missing required field: files"])
    uploads: list[Upload] = []
    for one in listed:
        upload = core.space.files.get(str(one.get("id")))
        if upload is None or upload.content is None:
            raise Refused("file_not_found")
        upload.title = one.get("title") or upload.title
        upload.ready_at = core.space.timers.now() + PROCESSING_S
        uploads.append(upload)
    wanted = [args.text("channel_id")] if args.text("channel_id") else args.names("channels")
    for channel_id in wanted:
        channel = find_target(core, Args({"channel": channel_id}, args.token))
        if not core.app_in(channel):
            raise Refused("not_in_channel")
        _share(core, channel, uploads, args)
    return {"files": [build_file(core, one) for one in uploads]}


def _share(core: Core, channel: Conversation, uploads: list[Upload], args: Args) -> None:
    for upload in uploads:
        upload.channels.append(channel.id)
    message: Json = {
        "type": "message",
        "ts": core.space.new_ts(),
        **posting.build_author(core),
        "text": args.text("initial_comment"),
        "files": [build_file(core, one, ready=True) for one in uploads],
        "upload": True,
    }
    if args.text("thread_ts"):
        message["thread_ts"] = args.text("thread_ts")
    core.space.add_message(channel, message)
    send_message_event(core, channel, message)


def info(core: Core, args: Args) -> Json:
    upload = core.space.files.get(args.required("file"))
    if upload is None:
        raise Refused("file_not_found")
    return {"file": build_file(core, upload), "comments": [], "response_metadata": {"next_cursor": ""}}
