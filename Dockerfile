# An image with the program alone. The notes are mounted to /site:
#
#   docker build --tag biji .
#   docker run --rm --user "$(id -u):$(id -g)" --volume "$PWD/my-notes:/site" biji build
#
# The preview, from outside the container:
#
#   docker run --rm --publish 4000:4000 --volume "$PWD/my-notes:/site:ro" biji serve --host 0.0.0.0

FROM rust:1.95-slim-bookworm AS build
WORKDIR /src
COPY . .
RUN cargo build --release --locked --package biji

FROM debian:bookworm-slim
# Biji asks git, where notes are in a repository, when they were changed and by whom.
RUN apt-get update -q \
    && apt-get install -y -q --no-install-recommends git \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build /src/target/release/biji /usr/local/bin/biji
# Nothing is kept in a container, so there is no point in a cache.
ENV BIJI_CACHE_DIR=""
WORKDIR /site
ENTRYPOINT ["biji"]
CMD ["build"]
