#!/usr/bin/env python3
"""Lists, reads and prints briefs with nothing but the server's reflection: no proto file, no generated code.

    pip install grpcio grpcio-reflection
    reflect.py --server 127.0.0.1:50051 --token-file admin.token list
    reflect.py --server 127.0.0.1:50051 --token-file admin.token get russia-iran
    reflect.py --server 127.0.0.1:50051 --token-file admin.token render russia-iran -o russia-iran.pdf
"""

import argparse
import hashlib
import pathlib
import sys

import grpc
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.json_format import MessageToJson
from google.protobuf.message_factory import GetMessageClass
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

# Maximum size of a message that the server accepts and sends.
MESSAGE_LIMIT = 16 * 1024 * 1024


class Service:
    """One gRPC service, its methods found by reflection."""

    def __init__(self, channel, pool, name, token):
        self.channel = channel
        self.methods = {method.name: method for method in pool.FindServiceByName(name).methods}
        self.name = name
        self.metadata = [("authorization", f"Bearer {token}")]

    def call(self, method, **fields):
        """Calls a method with the fields of its request; returns a message, or an iterator for a stream."""
        method = self.methods[method]
        request = GetMessageClass(method.input_type)(**fields)
        answer = GetMessageClass(method.output_type)
        make = self.channel.unary_stream if method.server_streaming else self.channel.unary_unary
        return make(
            f"/{self.name}/{method.name}",
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=answer.FromString,
        )(request, metadata=self.metadata)


def list_briefs(briefs, workspace):
    token = ""
    while True:
        page = briefs.call("ListBriefs", parent=workspace, page_token=token)
        for brief in page.briefs:
            print(f"{brief.name}  revision {brief.newest_revision}  {brief.content.title}")
        token = page.next_page_token
        if not token:
            return


def render(renders, workspace, source, output):
    """RenderBrief: states until the render has ended, then the bytes."""
    digest, announced = hashlib.sha256(), None
    with open(output, "wb") as file:
        for event in renders.call("RenderBrief", parent=workspace, source=source):
            if event.WhichOneof("event") == "render":
                if event.render.HasField("failure"):
                    sys.exit(f"{event.render.name}: {event.render.failure.reason}: {event.render.failure.message}")
                announced = event.render.artifact.sha256 or announced
            else:
                file.write(event.chunk.data)
                digest.update(event.chunk.data)
    if digest.hexdigest() != announced:
        sys.exit(f"{output}: other bytes arrived than were announced")
    print(f"{output}: SHA-256 {announced}")


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
    printing.add_argument("-o", "--output", required=True)
    arguments = parser.parse_args()

    token = arguments.token_file.read_text().strip()
    options = [("grpc.max_receive_message_length", MESSAGE_LIMIT)]
    with grpc.insecure_channel(arguments.server, options=options) as channel:
        pool = DescriptorPool(ProtoReflectionDescriptorDatabase(channel))
        briefs = Service(channel, pool, "chancery.brief.v1.BriefService", token)
        try:
            if arguments.command == "list":
                list_briefs(briefs, arguments.workspace)
                return
            name = f"{arguments.workspace}/briefs/{arguments.brief}"
            if arguments.command == "get":
                print(MessageToJson(briefs.call("GetBrief", name=name), ensure_ascii=False))
            else:
                renders = Service(channel, pool, "chancery.render.v1.RenderService", token)
                render(renders, arguments.workspace, name, arguments.output)
        except grpc.RpcError as error:
            sys.exit(f"{error.code().name}: {error.details()}")


if __name__ == "__main__":
    main()
