#!/usr/bin/env python3
r"""Lists, reads and prints briefs with code that grpcio-tools generates from proto/, here at run time.

    pip install grpcio grpcio-tools
    brief.py --server 127.0.0.1:50051 --token-file admin.token list
    brief.py --server 127.0.0.1:50051 --token-file admin.token get russia-iran
    brief.py --server 127.0.0.1:50051 --token-file admin.token render russia-iran -o russia-iran.pdf

A service would generate the code when it is built:

    mkdir -p generated
    python -m grpc_tools.protoc -I proto --python_out=generated --grpc_python_out=generated \
        $(find proto/chancery -name '*.proto')
"""

import argparse
import hashlib
import pathlib
import sys
import time

import grpc

PROTO = pathlib.Path(__file__).resolve().parents[2] / "proto"
sys.path.insert(0, str(PROTO))

# Generated code imports its files by their path below proto/.
brief_pb2, brief_grpc = grpc.protos_and_services("chancery/brief/v1/brief_service.proto")
render_pb2, render_grpc = grpc.protos_and_services("chancery/render/v1/render_service.proto")

# Maximum size of a message that the server accepts and sends.
MESSAGE_LIMIT = 16 * 1024 * 1024

# How often a broken download is resumed.
ATTEMPTS = 5


class Caller:
    """A channel and the token for every call."""

    def __init__(self, server, token):
        channel = grpc.insecure_channel(server, options=[("grpc.max_receive_message_length", MESSAGE_LIMIT)])
        self.metadata = [("authorization", f"Bearer {token}")]
        self.briefs = brief_grpc.BriefServiceStub(channel)
        self.renders = render_grpc.RenderServiceStub(channel)

    def list_briefs(self, workspace):
        request = brief_pb2.ListBriefsRequest(parent=workspace)
        while True:
            page = self.briefs.ListBriefs(request, metadata=self.metadata, timeout=30)
            yield from page.briefs
            if not page.next_page_token:
                return
            request.page_token = page.next_page_token

    def get_brief(self, name):
        return self.briefs.GetBrief(brief_pb2.GetBriefRequest(name=name), metadata=self.metadata, timeout=30)

    def render(self, workspace, source):
        """Requests a PDF and waits until it is printed."""
        request = render_pb2.CreateRenderRequest(parent=workspace, source=source)
        render = self.renders.CreateRender(request, metadata=self.metadata, timeout=30)
        while render.state in (render_pb2.RENDER_STATE_QUEUED, render_pb2.RENDER_STATE_RUNNING):
            waiting = render_pb2.WaitRenderRequest(name=render.name)
            render = self.renders.WaitRender(waiting, metadata=self.metadata, timeout=60)
        if render.state == render_pb2.RENDER_STATE_FAILED:
            raise SystemExit(f"{render.name}: {render.failure.reason}: {render.failure.message}")
        return render

    def download(self, render):
        """Returns the PDF's bytes. A broken stream is resumed where it stopped."""
        data, failed = bytearray(), 0
        while len(data) < render.artifact.size_bytes:
            request = render_pb2.DownloadRenderRequest(name=render.name, read_offset=len(data))
            try:
                for piece in self.renders.DownloadRender(request, metadata=self.metadata, timeout=60):
                    data += piece.data
            except grpc.RpcError as error:
                failed += 1
                if error.code() != grpc.StatusCode.UNAVAILABLE or failed == ATTEMPTS:
                    raise
                time.sleep(0.1 * 2**failed)
        if hashlib.sha256(data).hexdigest() != render.artifact.sha256:
            raise SystemExit(f"{render.name}: other bytes arrived than were announced")
        return bytes(data)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--server", default="127.0.0.1:50051")
    parser.add_argument("--token-file", required=True, type=pathlib.Path)
    parser.add_argument("--workspace", default="workspaces/default")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list")
    commands.add_parser("get").add_argument("brief")
    printing = commands.add_parser("render")
    printing.add_argument("brief")
    printing.add_argument("-o", "--output", required=True, type=pathlib.Path)
    arguments = parser.parse_args()

    caller = Caller(arguments.server, arguments.token_file.read_text().strip())
    try:
        if arguments.command == "list":
            for brief in caller.list_briefs(arguments.workspace):
                print(f"{brief.name}  revision {brief.newest_revision}  {brief.content.title}")
            return
        name = f"{arguments.workspace}/briefs/{arguments.brief}"
        if arguments.command == "get":
            brief = caller.get_brief(name)
            print(f"{brief.content.title}\n{brief.content.marking}, revision {brief.newest_revision}\n")
            print(" ".join(statement.text for statement in brief.content.bluf))
        else:
            render = caller.render(arguments.workspace, name)
            arguments.output.write_bytes(caller.download(render))
            print(f"{arguments.output}: {render.artifact.pages} pages, SHA-256 {render.artifact.sha256}")
    except grpc.RpcError as error:
        sys.exit(f"{error.code().name}: {error.details()}")


if __name__ == "__main__":
    main()
