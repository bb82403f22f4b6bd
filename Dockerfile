# One build, three images: `service`, `worker` (which holds the worker and nothing else) and `cli`.
# Each has a bill of materials of its binary and its Debian packages: /usr/share/doc/chancery/sbom.cdx.json.

FROM debian:trixie-slim AS base
RUN groupadd --gid 10001 chancery \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin chancery
USER 10001:10001
WORKDIR /

FROM rust:1.95-slim-trixie AS builder
WORKDIR /src
COPY . .
# The queries were checked against the schema when they were committed (.sqlx): the build needs no database.
ENV SQLX_OFFLINE=true
# Cargo compares modification times. Sources older than a cached build of other sources (an earlier checkout, say) would
# count as built, so every file is touched here; the cache saves compiling the dependencies.
# The bills must name the packages of one cargo build together, because cargo unifies their features.
RUN --mount=type=cache,target=/usr/local/cargo/registry,id=chancery-registry \
    --mount=type=cache,target=/src/target,id=chancery-target,sharing=locked \
    --mount=type=bind,from=base,target=/image \
    find . -path ./target -prune -o -type f -exec touch {} + \
 && cargo build --release --locked --bins -p chancery-service -p chancery-worker -p chancery-cli \
 && install -D -t /binaries target/release/chancery-service target/release/chancery-worker target/release/chancery \
 && cargo build --release --locked -p chancery-sbom \
 && target/release/chancery-sbom --image /image --output /bills chancery-service chancery-worker chancery-cli

FROM base AS service
COPY --from=builder /binaries/chancery-service /usr/local/bin/
COPY --from=builder /bills/chancery-service.cdx.json /usr/share/doc/chancery/sbom.cdx.json
EXPOSE 50051 50052
ENTRYPOINT ["chancery-service"]

FROM base AS worker
COPY --from=builder /binaries/chancery-worker /usr/local/bin/
COPY --from=builder /bills/chancery-worker.cdx.json /usr/share/doc/chancery/sbom.cdx.json
EXPOSE 9464
ENTRYPOINT ["chancery-worker"]

FROM base AS cli
# A new named volume takes its owner from the folder that it is mounted on.
USER root
RUN cd /run && install -d -o 10001 -g 10001 -m 0700 chancery chancery/tokens chancery/worker chancery/tls \
    chancery/tls/authority chancery/tls/server chancery/tls/worker \
 && install -d -o 10001 -g 10001 -m 0755 trust
USER 10001:10001
COPY examples /usr/share/chancery/examples
COPY --from=builder /binaries/chancery /usr/local/bin/
COPY --from=builder /bills/chancery-cli.cdx.json /usr/share/doc/chancery/sbom.cdx.json
ENTRYPOINT ["chancery"]
